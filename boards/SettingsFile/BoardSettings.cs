using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.SettingsFile;

/// <summary>
/// What settings.json says: what differs between two devices of one board. Names of members are the properties' names;
/// one that is not here is refused. What is a metering chip's own is checked by its <see cref="ISensorMaker"/>.
/// </summary>
public sealed class BoardSettings
{
    /// <summary>1.0 as gains are written, whatever the chip's own registers count.</summary>
    public const int GainUnity = 4_194_304;

    private const int GainMin = GainUnity / 2;
    private const int GainMax = GainUnity + GainMin;

    /// <summary>Device address: 1 to 32 of A–Z, a–z, 0–9, '-' and '_'.</summary>
    public string Device { get; set; } = "000000000000";

    /// <summary>Wi-Fi network; empty on Ethernet.</summary>
    public string Ssid { get; set; } = "";

    public string WifiPassword { get; set; } = "";

    /// <summary>Broker's name or address, or several, tried in turn: "a.example,b.example:8884"; empty:
    /// no telemetry.</summary>
    public string BrokerHost { get; set; } = "";

    public int BrokerPort { get; set; } = 8883;

    /// <summary>True: without TLS. Only a file that says so by name gets it.</summary>
    public bool BrokerPlainText { get; set; }

    /// <summary>Empty: none.</summary>
    public string BrokerUser { get; set; } = "";

    public string BrokerPassword { get; set; } = "";

    /// <summary>Path of the broker's root certificate, PEM or DER; needed for TLS.</summary>
    public string BrokerAuthorityFile { get; set; } = "";

    /// <summary>Path of this device's certificate, PEM or DER; empty: the broker asks for none.</summary>
    public string BrokerCertificateFile { get; set; } = "";

    /// <summary>Path of that certificate's key, not encrypted.</summary>
    public string BrokerKeyFile { get; set; } = "";

    /// <summary>Certificate and key of the second connection of a charger or site controller whose site bus goes over
    /// the broker: a broker that takes the client id from the certificate knows each connection by its own. Empty:
    /// the same.</summary>
    public string SiteCertificateFile { get; set; } = "";

    public string SiteKeyFile { get; set; } = "";

    /// <summary>Two time servers of different owners: the first date is taken only where both say the same.</summary>
    public string TimeServer { get; set; } = "ntp.aliyun.com";

    public string SecondTimeServer { get; set; } = "pool.ntp.org";

    /// <summary>A metering chip by a name of the board's <see cref="SensorTable"/>; empty: its first.</summary>
    public string Sensor { get; set; } = "";

    /// <summary>Data file of the meter where <see cref="Sensor"/> is "modbus", such as I:\sdm630.txt.</summary>
    public string MeterFile { get; set; } = "";

    /// <summary>Its address, 1 to 247.</summary>
    public int MeterUnit { get; set; } = 1;

    /// <summary>Calibration of the metering chip, 4194304 = 1.0: what its theory gives times this.</summary>
    public int VoltageGain { get; set; } = GainUnity;

    public int CurrentGain { get; set; } = GainUnity;

    public int PowerGain { get; set; } = GainUnity;

    /// <summary>Steps of the chip's phase register; 0: none, or the chip has no such register.</summary>
    public int PhaseCalibration { get; set; }

    /// <summary>Offset of active power in the chip's counts (ADE7953: 154 a watt at the default scale); 0: none.
    /// </summary>
    public int PowerOffset { get; set; }

    /// <summary>Power below which the chip counts nothing, mW: below the starting power of the class; 0: it counts
    /// whatever flows. Chips whose threshold is fixed do not look at it.</summary>
    public int NoLoadMilliwatts { get; set; } = 500;

    /// <summary>What is left to correct by range of current, as <c>meterctl calibrate --ranges</c> prints it; empty:
    /// nothing.
    /// </summary>
    public string CurrentRanges { get; set; } = "";

    /// <summary>Class of the name plate, 1, 1CT, 0.5S, 0.2S or A to E: what a calibration must leave at most.</summary>
    public string AccuracyClass { get; set; } = "1";

    public bool CurrentInverted { get; set; }

    /// <summary>Seconds between instant readings; 0 sends none.</summary>
    public int InstantSeconds { get; set; } = 10;

    /// <summary>Minutes of an interval record, a divisor of 60.</summary>
    public int IntervalMinutes { get; set; } = 15;

    /// <summary>Whether the contacts of the case are wired (the board's README names the pins). Not wired they would
    /// read as opened covers.</summary>
    public bool CaseInputs { get; set; }

    /// <summary>Serial line that answers in <see cref="LineProtocol"/>, COM1 to COM4; empty: none, and nothing is spent
    /// on it.</summary>
    public string Dlt645Line { get; set; } = "";

    /// <summary>What is spoken there: dlt645, dlt698 or modbus.</summary>
    public string LineProtocol { get; set; } = SettingsFile.LineProtocol.Dlt645;

    /// <summary>Its speed at each start; 0: the protocol's own (2400, 9600, 9600), for DL/T 645 the one that its line
    /// wrote last.</summary>
    public int LineBaud { get; set; }

    /// <summary>Address on a Modbus line, 1 to 247.</summary>
    public int ModbusUnit { get; set; } = 1;

    /// <summary>Parity of a Modbus line: 0 none, 1 odd, 2 even.</summary>
    public int ModbusParity { get; set; }

    /// <summary>Whether the line's RTS pin switches an RS-485 transceiver.</summary>
    public bool Dlt645Rs485 { get; set; } = true;

    /// <summary>Twelve digits; what the line itself wrote goes before it.</summary>
    public string Dlt645Address { get; set; } = "000000000000";

    /// <summary>Level and password of who may write at first, "02:123456"; empty: nobody.</summary>
    public string Dlt645Password { get; set; } = "";

    /// <summary>Texts of the name plate for the line's readers (Dlt645Meter's NamePlate says how long); empty:
    /// no such data.</summary>
    public string AssetNumber { get; set; } = "";

    public string RatedVoltage { get; set; } = "";

    public string RatedCurrent { get; set; } = "";

    public string MaximumCurrent { get; set; } = "";

    public string ReactiveClass { get; set; } = "";

    public string Model { get; set; } = "";

    public string ProductionDate { get; set; } = "";

    public string Hardware { get; set; } = "";

    public string Maker { get; set; } = "";

    /// <summary>A mark over what of these settings changes how the meter measures; never 0.</summary>
    public int MetrologyMark()
    {
        byte[] text = BytesOf(Sensor + "," + VoltageGain.ToString() + "," + CurrentGain.ToString() + ","
            + PowerGain.ToString() + "," + PhaseCalibration.ToString() + "," + PowerOffset.ToString() + ","
            + NoLoadMilliwatts.ToString() + "," + CurrentRanges + "," + AccuracyClass + ","
            + (CurrentInverted ? "1" : "0") + (MeterFile == "" ? "" : "," + MeterFile + "," + MeterUnit.ToString()));
        int mark = (int)Basics.Crc32.Of(text, 0, text.Length);
        return mark == 0 ? 1 : mark;
    }

    /// <summary>The first thing that is wrong, with what was expected; null: nothing.</summary>
    /// <param name="sensors">What the board carries; null: it has no metering chip.</param>
    public string FirstProblem(SensorTable sensors)
    {
        if (!TelemetrySettings.IsDevice(Device))
        {
            return "device must be 1 to 32 of A-Z a-z 0-9 - _";
        }

        if (sensors != null && Sensor != "" && !sensors.Has(Sensor))
        {
            return "sensor must be one of " + sensors.Names + ": this board carries no other";
        }

        if (IntervalMinutes < 1 || IntervalMinutes > 60 || 60 % IntervalMinutes != 0)
        {
            return "intervalMinutes must be a divisor of 60";
        }

        if (InstantSeconds < 0 || InstantSeconds > 86_400 || BrokerPort < 1 || BrokerPort > 65_535)
        {
            return "instantSeconds must be 0 to 86400, brokerPort 1 to 65535";
        }

        if (BrokerHost != "" && !BrokerPlainText && BrokerAuthorityFile == "")
        {
            return "brokerAuthorityFile is missing; without TLS only with \"brokerPlainText\":true";
        }

        if (TimeServer == "" || SecondTimeServer == "" || TimeServer == SecondTimeServer)
        {
            return "timeServer and secondTimeServer must name two servers";
        }

        if ((BrokerCertificateFile == "") != (BrokerKeyFile == "")
            || (SiteCertificateFile == "") != (SiteKeyFile == ""))
        {
            return "brokerCertificateFile and brokerKeyFile, siteCertificateFile and siteKeyFile need each other";
        }

        byte[] brokers = BytesOf(BrokerHost);
        if (!IsText(BrokerHost, BrokerAddresses.TextBytesMax) || !BrokerAddresses.IsList(brokers, 0, brokers.Length))
        {
            return "brokerHost must be HOST or HOST:PORT, at most 8 of them separated by commas, 128 characters";
        }

        if (!IsText(BrokerUser, 32) || !IsText(BrokerPassword, 64))
        {
            return "brokerPassword is at most 64, brokerUser 32 printable ASCII characters without \\ and \"";
        }

        if (!IsGain(VoltageGain) || !IsGain(CurrentGain) || !IsGain(PowerGain))
        {
            return "a gain must be 2097152 to 6291456 (4194304 = 1.0)";
        }

        return sensors == null ? null : sensors.FirstProblem(this);
    }

    /// <summary>As a settings document could carry it.</summary>
    private static bool IsText(string text, int lengthMax)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] < ' ' || text[i] > '~' || text[i] == '\\' || text[i] == '"')
            {
                return false;
            }
        }

        return text.Length <= lengthMax;
    }

    private static bool IsGain(int gain) => gain >= GainMin && gain <= GainMax;

    // What is not ASCII was refused, or is nobody's name.
    private static byte[] BytesOf(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)text[i];
        }

        return bytes;
    }
}

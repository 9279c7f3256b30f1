using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The figures by which an inefficient or failing charge point is found: energy in against energy out, standby
/// consumption, contactor cycles and contact resistance, sessions failed by cause, availability.
/// </summary>
public sealed class ChargerHealth
{

    // Below this the drop over the contacts is lost in the two meters' errors.
    private const int ResistanceMilliampsMin = 10_000;

    // One sample of the resistance a minute: 16 of them make the mean, a quarter of an hour of charging.
    private const int ResistanceSampleMs = 60_000;

    private int _sampleAgeMs = ResistanceSampleMs;
    private long _supplyMicrojoules;
    private long _standbyMicrojoules;
    private long _standbyMs;
    private long _serviceMs;
    private long _faultedMs;

    /// <summary>Closings of the contactor since manufacture.</summary>
    public long ContactorCycles { get; private set; }

    /// <summary>Energy taken from the supply while charging, Wh; 0 without a second meter.</summary>
    public long SupplyWattHours { get; private set; }

    /// <summary>Energy given to vehicles meanwhile, Wh.</summary>
    public long DeliveredWattHours => _delivered / Scaling.MicrojoulesPerWattHour;

    private long _delivered;

    /// <summary>Delivered against supplied in 1/10 000; 0 while less than 1 kWh was supplied.</summary>
    public int EfficiencyTenThousandths =>
        SupplyWattHours < 1_000 ? 0 : (int)(DeliveredWattHours * 10_000 / SupplyWattHours);

    /// <summary>Mean standby power in mW; 0 while idle less than a minute.</summary>
    public int StandbyMilliwatts => _standbyMs < 60_000 ? 0 : (int)(_standbyMicrojoules / _standbyMs);

    /// <summary>Contact resistance in µΩ, a slow mean (1/16 a sample); 0 before the first.</summary>
    public int ContactMicroohms { get; private set; }

    /// <summary>The first mean, to see the trend against.</summary>
    public int ContactMicroohmsFirst { get; private set; }

    /// <summary>Sessions ended by each fault.</summary>
    public int[] FailuresByFault { get; } = new int[ChargerFault.Count];

    public int SessionCount { get; private set; }

    /// <summary>Time without a fault in 1/10 000 of the time in service.</summary>
    public int AvailabilityTenThousandths =>
        _serviceMs == 0 ? 10_000 : (int)((_serviceMs - _faultedMs) * 10_000 / _serviceMs);

    public void NoteClosing() => ContactorCycles++;

    public void NoteSession(int reason, int faults)
    {
        SessionCount++;
        for (int fault = 0; reason == SessionReason.Fault && fault < ChargerFault.Count; fault++)
        {
            if ((faults & (1 << fault)) != 0)
            {
                FailuresByFault[fault]++;
            }
        }
    }

    /// <summary>One tick's share of the figures.</summary>
    /// <param name="elapsedMs">Since the tick before.</param>
    /// <param name="isClosed">The contactor is closed.</param>
    /// <param name="hasFault">A fault stands.</param>
    /// <param name="outgoing">The charger's own meter.</param>
    /// <param name="incoming">The second meter at the supply, or null.</param>
    public void Update(int elapsedMs, bool isClosed, bool hasFault, Measurement outgoing, Measurement incoming)
    {
        _serviceMs += elapsedMs;
        _faultedMs += hasFault ? elapsedMs : 0;
        if (incoming == null)
        {
            return;
        }

        long powerIn = Total(incoming.ActivePowerMilliwatts);
        if (!isClosed)
        {
            _standbyMs += elapsedMs;
            _standbyMicrojoules += powerIn * elapsedMs;
            return;
        }

        _delivered += Total(outgoing.ActivePowerMilliwatts) * elapsedMs;
        _supplyMicrojoules += powerIn * elapsedMs;
        SupplyWattHours += _supplyMicrojoules / Scaling.MicrojoulesPerWattHour;
        _supplyMicrojoules %= Scaling.MicrojoulesPerWattHour;
        _sampleAgeMs += elapsedMs;
        if (_sampleAgeMs >= ResistanceSampleMs && NoteResistance(outgoing, incoming))
        {
            _sampleAgeMs = 0;
        }
    }

    /// <summary>Writes the figures as members of an open JSON object; failures by their fault's word, those that
    /// occurred.</summary>
    public void Write(ByteTextWriter json)
    {
        Write(json, "contactorCycles", ContactorCycles);
        Write(json, "sessions", SessionCount);
        json.Name("availability");
        json.ValueScaled(AvailabilityTenThousandths, 4);
        json.Name("efficiency");
        json.ValueScaled(EfficiencyTenThousandths, 4);
        Write(json, "standbyMilliwatts", StandbyMilliwatts);
        Write(json, "contactMicroohms", ContactMicroohms);
        Write(json, "contactMicroohmsFirst", ContactMicroohmsFirst);
        json.Name("failures");
        json.BeginObject();
        for (int fault = 0; fault < ChargerFault.Count; fault++)
        {
            if (FailuresByFault[fault] > 0)
            {
                Write(json, ChargerFault.NameOf(fault), FailuresByFault[fault]);
            }
        }

        json.EndObject();
    }

    private static void Write(ByteTextWriter json, string name, long value)
    {
        json.Name(name);
        json.Value(value);
    }

    // Faults that release 0.1.0 knew; later ones are saved apart, so that nothing behind them moves.
    private const int FirstFaults = 18;

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int SavedBytes = 36 + 4 * FirstFaults + 8 * 4;

    /// <summary>Bytes that <see cref="SaveLaterFaults"/> writes.</summary>
    public static int LaterFaultBytes => 4 * (ChargerFault.Count - FirstFaults);

    public int Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt64(bytes, offset, ContactorCycles);
        LittleEndian.WriteInt64(bytes, offset + 8, SupplyWattHours);
        LittleEndian.WriteInt64(bytes, offset + 16, _delivered);
        LittleEndian.WriteInt32(bytes, offset + 24, ContactMicroohms);
        LittleEndian.WriteInt32(bytes, offset + 28, ContactMicroohmsFirst);
        LittleEndian.WriteInt32(bytes, offset + 32, SessionCount);
        for (int fault = 0; fault < FirstFaults; fault++)
        {
            LittleEndian.WriteInt32(bytes, offset + 36 + 4 * fault, FailuresByFault[fault]);
        }

        int at = offset + 36 + 4 * FirstFaults;
        LittleEndian.WriteInt64(bytes, at, _serviceMs);
        LittleEndian.WriteInt64(bytes, at + 8, _faultedMs);
        LittleEndian.WriteInt64(bytes, at + 16, _standbyMs);
        LittleEndian.WriteInt64(bytes, at + 24, _standbyMicrojoules);

        return offset + SavedBytes;
    }

    public void Load(byte[] bytes, int offset)
    {
        ContactorCycles = LittleEndian.ReadInt64(bytes, offset);
        SupplyWattHours = LittleEndian.ReadInt64(bytes, offset + 8);
        _delivered = LittleEndian.ReadInt64(bytes, offset + 16);
        ContactMicroohms = LittleEndian.ReadInt32(bytes, offset + 24);
        ContactMicroohmsFirst = LittleEndian.ReadInt32(bytes, offset + 28);
        SessionCount = LittleEndian.ReadInt32(bytes, offset + 32);
        for (int fault = 0; fault < FirstFaults; fault++)
        {
            FailuresByFault[fault] = LittleEndian.ReadInt32(bytes, offset + 36 + 4 * fault);
        }

        int at = offset + 36 + 4 * FirstFaults;
        _serviceMs = LittleEndian.ReadInt64(bytes, at);
        _faultedMs = LittleEndian.ReadInt64(bytes, at + 8);
        _standbyMs = LittleEndian.ReadInt64(bytes, at + 16);
        _standbyMicrojoules = LittleEndian.ReadInt64(bytes, at + 24);
        ForgetImpossible();
    }

    /// <summary>Failures by faults that came after release 0.1.0; returns the offset behind them.</summary>
    public int SaveLaterFaults(byte[] bytes, int offset)
    {
        for (int fault = FirstFaults; fault < ChargerFault.Count; fault++, offset += 4)
        {
            LittleEndian.WriteInt32(bytes, offset, FailuresByFault[fault]);
        }

        return offset;
    }

    /// <summary>Reads what <see cref="SaveLaterFaults"/> wrote, as far as it goes.</summary>
    public void LoadLaterFaults(byte[] bytes, int offset, int end)
    {
        for (int fault = FirstFaults; fault < ChargerFault.Count && offset + 4 <= end; fault++, offset += 4)
        {
            int count = LittleEndian.ReadInt32(bytes, offset);
            FailuresByFault[fault] = count > 0 ? count : 0;
        }
    }

    // No figure is below 0, no share above the whole: damage begins to count anew.
    private void ForgetImpossible()
    {
        ContactorCycles = ContactorCycles > 0 ? ContactorCycles : 0;
        SessionCount = SessionCount > 0 ? SessionCount : 0;
        ContactMicroohms = ContactMicroohms > 0 ? ContactMicroohms : 0;
        ContactMicroohmsFirst = ContactMicroohmsFirst > 0 ? ContactMicroohmsFirst : 0;
        for (int fault = 0; fault < FirstFaults; fault++)
        {
            FailuresByFault[fault] = FailuresByFault[fault] > 0 ? FailuresByFault[fault] : 0;
        }

        if (_delivered < 0 || SupplyWattHours < 0 || SupplyWattHours > long.MaxValue / Scaling.MicrojoulesPerWattHour)
        {
            _delivered = 0;
            SupplyWattHours = 0;
        }

        if (_faultedMs < 0 || _serviceMs < _faultedMs)
        {
            _serviceMs = 0;
            _faultedMs = 0;
        }

        if (_standbyMs < 0 || _standbyMicrojoules < 0)
        {
            _standbyMs = 0;
            _standbyMicrojoules = 0;
        }
    }

    private bool NoteResistance(Measurement outgoing, Measurement incoming)
    {
        int current = outgoing.CurrentMilliamps[0];
        int drop = incoming.VoltageMillivolts[0] - outgoing.VoltageMillivolts[0];
        if (current < ResistanceMilliampsMin || drop < 0)
        {
            return false;
        }

        int microohms = (int)((long)drop * 1_000_000 / current);
        ContactMicroohms = ContactMicroohms == 0 ? microohms : ContactMicroohms + (microohms - ContactMicroohms) / 16;
        ContactMicroohmsFirst = ContactMicroohmsFirst == 0 ? microohms : ContactMicroohmsFirst;
        return true;
    }

    private static long Total(int[] perPhase) => (long)perPhase[0] + perPhase[1] + perPhase[2];
}

using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Dlt698;

namespace MeterFirmware.Dlt698Meter;

/// <summary>
/// The smart meter as DL/T 698.45-2017 sees it, over what it answers under DL/T 645-2007: the objects are other names
/// and scales of the same registers, records and parameters. README.md lists what is answered.
/// </summary>
public sealed class MeterObjects : IDlt698Meter
{
    private const int Value = 2;
    private const int Fine = 4;
    private const int FeatureMask = 0xE0;
    private const int LevelDigits = 2;
    private const int PasswordDigits = 6;
    private const int LowestLevel = 9;

    private readonly MeterReadout _meter;
    private readonly Dlt645Settings _settings;
    private readonly Dlt645Guard _guard;
    private readonly VariableObjects _variables;
    private readonly ParameterObjects _parameters;
    private readonly ParameterChanges _changes;
    private readonly RecordRows _rows;
    private readonly EventReports _reports;
    private readonly byte[] _password = new byte[4];

    /// <param name="meter">Ticked by the board.</param>
    /// <param name="settings">Address and passwords: those of DL/T 645, for a meter has one of each.</param>
    public MeterObjects(MeterReadout meter, Dlt645Settings settings)
    {
        _meter = meter;
        _settings = settings;
        _guard = new Dlt645Guard(settings, meter);
        _variables = new VariableObjects(meter);
        _parameters = new ParameterObjects(meter, settings);
        _changes = new ParameterChanges(meter, settings);
        _rows = new RecordRows(meter);
        _reports = new EventReports(meter);
    }

    public byte[] Address => _settings.Address;

    public int WaitingReport => _reports.Waiting;

    /// <summary>Once a turn of the loop: looks for events to report.</summary>
    public void Tick(long nowMs) => _reports.Tick(nowMs);

    public void BeginAnswer() => _meter.BeginAnswer();

    public bool TryReadClock(out long localSeconds) => _meter.TryReadClock(out localSeconds);

    public int Get(int oad, Dlt698Writer writer)
    {
        int oi = (oad >> 16) & 0xFFFF;
        int attribute = (oad >> 8) & 0xFF;
        int index = oad & 0xFF;
        if ((attribute & FeatureMask) != 0)
        {
            return Dlt698Error.Undefined;
        }

        switch (oi >> 8)
        {
            case 0x00:
                return Energy(oi, attribute, index, writer);
            case 0x10:
                return Demand(oi, attribute, index, writer);
            case 0x20:
                return _variables.Get(oi, attribute, index, writer);
            case 0x40:
            case 0x41:
                return attribute == Value ? _parameters.Get(oi, index, writer) : Dlt698Error.Undefined;
            case 0x30:
            case 0x50:
                return _rows.GetList(oi, attribute, writer);
            default:
                return Dlt698Error.NoObject;
        }
    }

    public int Set(int oad, Dlt698Reader data, int client)
    {
        int attribute = (oad >> 8) & 0xFF;
        return attribute == Value ? _changes.Set((oad >> 16) & 0xFFFF, oad & 0xFF, data, client) : Dlt698Error.Refused;
    }

    public int Act(int omd, Dlt698Reader data, int client) =>
        _changes.Act((omd >> 16) & 0xFFFF, (omd >> 8) & 0xFF, client);

    public int OpenRecord(int oad, long fromLocalSeconds, int last, bool isSingle) =>
        _rows.Open(oad, fromLocalSeconds, last, isSingle);

    public bool TryNextRow() => _rows.TryNext();

    public bool TryRowKey(int oi, out long value) => _rows.TryKey(oi, out value);

    public int Column(int oad, int index) => RecordColumns.Of((oad >> 16) & 0xFFFF, index);

    public void WriteColumn(int oad, Dlt698Writer writer) => _rows.Write(oad, writer);

    /// <summary>Eight digits: level and password of DL/T 645, such as 02123456.</summary>
    public int Login(byte[] bytes, int offset, int count, long nowMs)
    {
        if (count != LevelDigits + PasswordDigits)
        {
            return -1;
        }

        for (int i = 0; i < count; i += 2)
        {
            int high = bytes[offset + i] - '0';
            int low = bytes[offset + i + 1] - '0';
            if (high < 0 || high > 9 || low < 0 || low > 9)
            {
                return -1;
            }

            // The level first, then the password with its low digits first.
            _password[i == 0 ? 0 : 4 - i / 2] = (byte)(i == 0 ? high * 10 + low : (high << 4) | low);
        }

        if (!_guard.Allows(_password, 0, LowestLevel, nowMs))
        {
            return -1;
        }

        return (_password[0] <= _settings.WriteLevelMax ? Dlt698Rights.Write : Dlt698Rights.None)
            | (_password[0] <= _settings.ClearLevelMax ? Dlt698Rights.Act : Dlt698Rights.None);
    }

    public void ReportTaken(int oad) => _reports.Taken(oad);

    /// <summary>00q0: total and rates; 00q1 to 00q3: a phase, which has no rates.</summary>
    private int Energy(int oi, int attribute, int index, Dlt698Writer writer)
    {
        int quantity = oi >> 4;
        int phase = oi & 0x0F;
        if (attribute < Value || attribute > ScalerUnit.OfFine)
        {
            return Dlt698Error.Undefined;
        }

        bool isFine = attribute == Fine || attribute == ScalerUnit.OfFine;
        int count = phase == 0 ? 1 + _meter.Counts.Rates : 1;
        int register = quantity + 0x14 * phase;
        if (quantity > EnergyData.LastQuantity || phase > 3 || (quantity == 0 && phase > 0)
            || !TryRegister(register, 0, isFine, out long value))
        {
            return Dlt698Error.NoObject;
        }

        if (attribute == ScalerUnit.OfValue || attribute == ScalerUnit.OfFine)
        {
            return ScalerUnit.Write(writer, index, isFine ? -4 : -2,
                quantity <= EnergyData.LastActive ? ScalerUnit.KilowattHour : ScalerUnit.KilovarHour);
        }

        if (index > count)
        {
            return Dlt698Error.OutOfRange;
        }

        if (index == 0)
        {
            writer.StartArray(count);
        }

        int tag = EnergyData.TagOf(quantity, isFine);
        for (int rate = index == 0 ? 0 : index - 1; rate < (index == 0 ? count : index); rate++)
        {
            TryRegister(register, rate, isFine, out value);
            writer.Number(tag, value);
        }

        return Dlt698Error.None;
    }

    private bool TryRegister(int quantity, int rate, bool isFine, out long value) => isFine
        ? _meter.TryReadFine(quantity, rate, out value)
        : _meter.TryRead((quantity << 16) | (rate << 8), 0, out value);

    private int Demand(int oi, int attribute, int index, Dlt698Writer writer)
    {
        if (attribute != Value && attribute != ScalerUnit.OfValue)
        {
            return Dlt698Error.Undefined;
        }

        int count = 1 + _meter.Counts.Rates;
        if (oi != 0x1010 && oi != 0x1020)
        {
            return Dlt698Error.NoObject;
        }

        if (attribute == ScalerUnit.OfValue)
        {
            return ScalerUnit.Write(writer, index, -4, ScalerUnit.Kilowatt);
        }

        if (index > count)
        {
            return Dlt698Error.OutOfRange;
        }

        if (index == 0)
        {
            writer.StartArray(count);
        }

        for (int rate = index == 0 ? 0 : index - 1; rate < (index == 0 ? count : index); rate++)
        {
            int di = 0x01000000 | ((oi >> 4 & 0xF) << 16) | (rate << 8);
            _meter.TryRead(di, 0, out long value);
            _meter.TryRead(di, 1, out long digits);
            EnergyData.WriteDemand(writer, value, digits);
        }

        return Dlt698Error.None;
    }
}

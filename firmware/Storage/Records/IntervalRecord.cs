using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage.Records;

/// <summary>
/// One metering interval as Metering writes it and Telemetry reads it; one object, reused. In the log it is a row of
/// <see cref="VarInt"/>s: about 34 bytes for one phase, about 56 for three. Times that lie on the quarter hour count
/// quarter hours, and a phase's power is kept as its distance from what the interval's energy says: on a small flash
/// these bytes are days.
/// </summary>
public sealed class IntervalRecord
{
    /// <summary>Longest form in bytes; this many must be free for <see cref="Write"/>.</summary>
    public const int BytesMax = 2 + VarInt.BytesMax * (14 + 5 * Measurement.PhaseCountMax);

    private const int Version = 2;

    // In the byte of the phase count: start, length and zone offset are whole quarter hours.
    private const int OnQuarters = 4;

    // There too: one unit long and without flags; nothing exported. What most records say three bytes can be saved on.
    private const int IsPlain = 8;
    private const int HasNoExport = 16;
    private const int PhaseBits = 3;
    private const int QuarterSeconds = 900;

    /// <summary>2020-01-01T00:00:00Z, a quarter hour.</summary>
    private const long EpochUtcSeconds = 1_577_836_800;

    private const int NominalMillihertz = 50_000;

    /// <summary>Start in UTC seconds since 1970 (or since start-up: <see cref="RecordFlags.Untimed"/>).</summary>
    public long StartUtcSeconds { get; set; }

    /// <summary>End in the same count; not below the start.</summary>
    public long EndUtcSeconds { get; set; }

    /// <summary>Bits of <see cref="RecordFlags"/>.</summary>
    public int Flags { get; set; }

    /// <summary>Index of the tariff rate that was in force.</summary>
    public int Rate { get; set; }

    /// <summary>Zone offset at the interval's start, in seconds east of UTC.</summary>
    public int OffsetSeconds { get; set; }

    /// <summary>Phases that carry values, 1 to 3.</summary>
    public int PhaseCount { get; set; } = 1;

    /// <summary>Imported active energy at the end of the interval, in Wh since manufacture.</summary>
    public long ImportWattHours { get; set; }

    /// <summary>Exported active energy at the end of the interval, in Wh since manufacture.</summary>
    public long ExportWattHours { get; set; }

    /// <summary>Imported in the interval, in mWh; the rounding is carried, so that intervals add up.</summary>
    public long ImportMilliwattHours { get; set; }

    /// <summary>Exported in the interval, in mWh; the rounding is carried, so that intervals add up.</summary>
    public long ExportMilliwattHours { get; set; }

    /// <summary>Reactive energy at the end per quadrant I to IV, in varh since manufacture.</summary>
    public long[] ReactiveVarHours { get; } = new long[4];

    /// <summary>Mean mains frequency in mHz; 0 for DC.</summary>
    public int FrequencyMillihertz { get; set; }

    /// <summary>Mean voltage per phase in mV.</summary>
    public int[] VoltageMillivolts { get; } = new int[Measurement.PhaseCountMax];

    /// <summary>Lowest voltage per phase in mV.</summary>
    public int[] VoltageMillivoltsMin { get; } = new int[Measurement.PhaseCountMax];

    /// <summary>Highest voltage per phase in mV.</summary>
    public int[] VoltageMillivoltsMax { get; } = new int[Measurement.PhaseCountMax];

    /// <summary>Mean current per phase in mA.</summary>
    public int[] CurrentMilliamps { get; } = new int[Measurement.PhaseCountMax];

    /// <summary>Mean active power per phase in mW, import positive.</summary>
    public int[] ActivePowerMilliwatts { get; } = new int[Measurement.PhaseCountMax];

    /// <summary>Writes the record and returns its length; <see cref="BytesMax"/> bytes must be free.</summary>
    public int Write(byte[] bytes, int offset)
    {
        int at = offset;
        bytes[at++] = Version;
        long length = EndUtcSeconds - StartUtcSeconds;
        bool onQuarters = StartUtcSeconds % QuarterSeconds == 0 && length % QuarterSeconds == 0
            && OffsetSeconds % QuarterSeconds == 0;
        int unit = onQuarters ? QuarterSeconds : 1;
        bool isPlain = length == unit && Flags == 0;
        bytes[at++] = (byte)(PhaseCount | (onQuarters ? OnQuarters : 0) | (isPlain ? IsPlain : 0)
            | (ExportMilliwattHours == 0 ? HasNoExport : 0));
        at = VarInt.Write(bytes, at, (StartUtcSeconds - EpochUtcSeconds) / unit);
        at = isPlain ? at : VarInt.Write(bytes, at, length / unit);
        at = VarInt.Write(bytes, at, OffsetSeconds / unit);
        at = isPlain ? at : VarInt.Write(bytes, at, Flags);
        at = VarInt.Write(bytes, at, Rate);
        at = VarInt.Write(bytes, at, ImportWattHours);
        at = VarInt.Write(bytes, at, ExportWattHours);
        at = VarInt.Write(bytes, at, ImportMilliwattHours);
        at = ExportMilliwattHours == 0 ? at : VarInt.Write(bytes, at, ExportMilliwattHours);
        for (int i = 0; i < ReactiveVarHours.Length; i++)
        {
            at = VarInt.Write(bytes, at, ReactiveVarHours[i]);
        }

        at = VarInt.Write(bytes, at, (long)FrequencyMillihertz - NominalMillihertz);
        long share = PhaseShareMilliwatts();
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            // The extremes lie near the mean: their distance is a byte or two shorter.
            at = VarInt.Write(bytes, at, VoltageMillivolts[phase]);
            at = VarInt.Write(bytes, at, (long)VoltageMillivoltsMin[phase] - VoltageMillivolts[phase]);
            at = VarInt.Write(bytes, at, (long)VoltageMillivoltsMax[phase] - VoltageMillivolts[phase]);
            at = VarInt.Write(bytes, at, CurrentMilliamps[phase]);
            at = VarInt.Write(bytes, at, ActivePowerMilliwatts[phase] - share);
        }

        return at - offset;
    }

    /// <summary>Reads what <see cref="Write"/> wrote. False: another version, or cut; the fields then mean
    /// nothing.</summary>
    public bool TryRead(byte[] bytes, int offset, int count)
    {
        int end = offset + count;
        int head = count < 2 ? 0 : bytes[offset + 1];
        int phases = head & PhaseBits;
        if (head >= 2 * HasNoExport || phases < 1 || phases > Measurement.PhaseCountMax || bytes[offset] != Version)
        {
            return false;
        }

        PhaseCount = phases;
        int at = offset + 2;
        return TryReadHead(bytes, ref at, end, head) && TryReadPhases(bytes, ref at, end) && at == end;
    }

    private bool TryReadHead(byte[] bytes, ref int at, int end, int head)
    {
        int unit = (head & OnQuarters) == 0 ? 1 : QuarterSeconds;
        bool isPlain = (head & IsPlain) != 0;
        long length = 1;
        long flags = 0;
        long exported = 0;
        if (!VarInt.TryRead(bytes, ref at, end, out long start)
            || !(isPlain || VarInt.TryRead(bytes, ref at, end, out length)) ||
            !VarInt.TryRead(bytes, ref at, end, out long zone) ||
            !(isPlain || VarInt.TryRead(bytes, ref at, end, out flags))
            || !VarInt.TryRead(bytes, ref at, end, out long rate) ||
            !VarInt.TryRead(bytes, ref at, end, out long import) ||
            !VarInt.TryRead(bytes, ref at, end, out long export) ||
            !VarInt.TryRead(bytes, ref at, end, out long imported) ||
            !((head & HasNoExport) != 0 || VarInt.TryRead(bytes, ref at, end, out exported)))
        {
            return false;
        }

        StartUtcSeconds = start * unit + EpochUtcSeconds;
        EndUtcSeconds = StartUtcSeconds + length * unit;
        Flags = (int)flags;
        Rate = (int)rate;
        OffsetSeconds = (int)zone * unit;
        ImportWattHours = import;
        ExportWattHours = export;
        ImportMilliwattHours = imported;
        ExportMilliwattHours = exported;
        for (int i = 0; i < ReactiveVarHours.Length; i++)
        {
            if (!VarInt.TryRead(bytes, ref at, end, out long quadrant))
            {
                return false;
            }

            ReactiveVarHours[i] = quadrant;
        }

        bool hasFrequency = VarInt.TryRead(bytes, ref at, end, out long frequency);
        FrequencyMillihertz = (int)(frequency + NominalMillihertz);
        return hasFrequency;
    }

    /// <summary>Mean power of a phase by the energy of the interval, if all phases carry the same.</summary>
    private long PhaseShareMilliwatts()
    {
        long length = EndUtcSeconds - StartUtcSeconds;
        return length <= 0 ? 0 : (ImportMilliwattHours - ExportMilliwattHours) * 3600 / length / PhaseCount;
    }

    private bool TryReadPhases(byte[] bytes, ref int at, int end)
    {
        long share = PhaseShareMilliwatts();
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            if (!VarInt.TryRead(bytes, ref at, end, out long mean) || !VarInt.TryRead(bytes, ref at, end, out long low)
                ||
                !VarInt.TryRead(bytes, ref at, end, out long high) ||
                !VarInt.TryRead(bytes, ref at, end, out long current) ||
                !VarInt.TryRead(bytes, ref at, end, out long power))
            {
                return false;
            }

            VoltageMillivolts[phase] = (int)mean;
            VoltageMillivoltsMin[phase] = (int)(mean + low);
            VoltageMillivoltsMax[phase] = (int)(mean + high);
            CurrentMilliamps[phase] = (int)current;
            ActivePowerMilliwatts[phase] = (int)(power + share);
        }

        return true;
    }
}

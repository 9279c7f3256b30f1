using MeterFirmware.Basics;

namespace MeterFirmware.Dlt645;

/// <summary>A catalogue entry, filled anew for each identifier: the fields of one element in their order.</summary>
public sealed class Dlt645Item
{
    /// <summary>The longest record, a phase's voltage loss, has 47 fields.</summary>
    public const int FieldsMax = 64;

    public const int RepeatNone = 0;

    /// <summary>Once for the total and once for each rate.</summary>
    public const int RepeatTotalAndRates = 1;
    public const int RepeatZones = 2;
    public const int RepeatPeriods = 3;

    private readonly ushort[] _formats = new ushort[FieldsMax];
    private readonly byte[] _labels = new byte[FieldsMax];

    public int Identifier { get; private set; }

    /// <summary>Fields of one repetition, 1 to 64.</summary>
    public int FieldCount { get; private set; }

    /// <summary>What the number of repetitions depends on.</summary>
    public int Repeat { get; private set; }

    /// <summary>Bytes of one repetition.</summary>
    public int Length { get; private set; }

    /// <summary>Format of a field (<see cref="Dlt645Format"/>).</summary>
    public int FormatOf(int field) => _formats[field];

    /// <summary>What a field is within its item (<see cref="Dlt645Label"/>).</summary>
    public int LabelOf(int field) => _labels[field];

    public int RepetitionsIn(Dlt645Counts counts) =>
        Repeat == RepeatTotalAndRates ? counts.Rates + 1
        : Repeat == RepeatZones ? counts.Zones
        : Repeat == RepeatPeriods ? counts.Periods
        : 1;

    internal void Begin(int identifier, int repeat)
    {
        Identifier = identifier;
        Repeat = repeat;
        FieldCount = 0;
        Length = 0;
    }

    internal void Add(int format, int label)
    {
        Invariant.Require(FieldCount < FieldsMax, "Dlt645Item is full");
        _formats[FieldCount] = (ushort)format;
        _labels[FieldCount] = (byte)label;
        FieldCount++;
        Length += Dlt645Format.BytesOf(format);
    }
}

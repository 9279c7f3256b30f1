using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;

namespace MeterFirmware.Dlt698Meter;

/// <summary>Columns of a minute freeze, which is a row of the load profile: sections and fields of DL/T 645's 06 xx.
/// </summary>
internal sealed class MinuteColumns
{
    private const int VoltageSection = 1;
    private const int PowerSection = 2;
    private const int FactorSection = 3;
    private const int EnergySection = 4;
    private const int QuadrantSection = 5;
    private const int DemandSection = 6;
    private const int CurrentField = 3;
    private const int FrequencyField = 6;
    private const int ReactiveField = 4;

    private readonly IDlt645Meter _meter;

    public MinuteColumns(IDlt645Meter meter)
    {
        _meter = meter;
    }

    public void Write(int oi, int attribute, int index, Dlt698Writer writer)
    {
        int phases = _meter.Counts.Phases;
        if (oi < 0x0100)
        {
            Energy(oi >> 4, oi & 0x0F, attribute, index, writer);
            return;
        }

        switch (attribute == 2 ? oi : 0)
        {
            case 0x2000:
                Fields(VoltageSection, 0, phases, Dlt698Tag.UInt16, index, writer);
                return;
            case 0x2001:
                Fields(VoltageSection, CurrentField, phases, Dlt698Tag.Int32, index, writer);
                return;
            case 0x2004:
                Fields(PowerSection, 0, phases + 1, Dlt698Tag.Int32, index, writer);
                return;
            case 0x2005:
                Fields(PowerSection, ReactiveField, phases + 1, Dlt698Tag.Int32, index, writer);
                return;
            case 0x200A:
                Fields(FactorSection, 0, phases + 1, Dlt698Tag.Int16, index, writer);
                return;
            case 0x200F:
                Field(VoltageSection, FrequencyField, Dlt698Tag.UInt16, writer);
                return;
            case 0x2017:
                Field(DemandSection, 0, Dlt698Tag.Int32, writer);
                return;
            default:
                writer.Null();
                return;
        }
    }

    /// <summary>Forward and reverse, and the quadrants: their totals.</summary>
    private void Energy(int quantity, int phase, int attribute, int index, Dlt698Writer writer)
    {
        bool isFine = attribute == 4;
        bool isQuadrant = quantity >= 5 && quantity <= EnergyData.LastQuantity;
        if ((quantity != 1 && quantity != 2 && !isQuadrant) || phase != 0 || index > 1 || (attribute != 2 && !isFine)
            || !_meter.TryReadProfile(isQuadrant ? QuadrantSection : EnergySection,
                isQuadrant ? quantity - 5 : quantity - 1, out long value))
        {
            writer.Null();
            return;
        }

        if (index == 0)
        {
            writer.StartArray(1);
        }

        writer.Number(EnergyData.TagOf(quantity, isFine), isFine ? value * 100 : value);
    }

    private void Fields(int section, int first, int count, int tag, int index, Dlt698Writer writer)
    {
        if (index > count)
        {
            writer.Null();
            return;
        }

        if (index == 0)
        {
            writer.StartArray(count);
        }

        for (int i = index == 0 ? 0 : index - 1; i < (index == 0 ? count : index); i++)
        {
            Field(section, first + i, tag, writer);
        }
    }

    private void Field(int section, int field, int tag, Dlt698Writer writer)
    {
        if (_meter.TryReadProfile(section, field, out long value))
        {
            writer.Number(tag, value);
        }
        else
        {
            writer.Null();
        }
    }
}

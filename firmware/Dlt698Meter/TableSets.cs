using MeterFirmware.Dlt645;

namespace MeterFirmware.Dlt698Meter;

/// <summary>Which of DL/T 645's two sets is in force and which is the spare: status word 3 says so.</summary>
internal sealed class TableSets
{
    private const int StatusWord3 = 0x04000503;
    private const int DaysBit = 0;
    private const int ZonesBit = 5;
    private const int PricesBit = 10;

    private readonly IDlt645Meter _meter;

    public TableSets(IDlt645Meter meter)
    {
        _meter = meter;
    }

    /// <summary>Identifier of the zones.</summary>
    public int Zones(bool isSpare) => IsSecond(ZonesBit, isSpare) ? 0x04020000 : 0x04010000;

    /// <summary>Identifier of the first day table; the others follow.</summary>
    public int Days(bool isSpare) => IsSecond(DaysBit, isSpare) ? 0x04020001 : 0x04010001;

    /// <summary>Identifier of the first rate's price; the others follow.</summary>
    public int Prices(bool isSpare) => IsSecond(PricesBit, isSpare) ? 0x04050201 : 0x04050101;

    private bool IsSecond(int bit, bool isSpare)
    {
        _meter.TryRead(StatusWord3, 0, out long word);
        return ((word >> bit & 1) != 0) != isSpare;
    }
}

namespace MeterFirmware.Dlt645;

/// <summary>What a field is within an item of several: a base, plus 32 for phase A, 64 for B, 96 for C.</summary>
public static class Dlt645Label
{
    public const int Value = 0;
    public const int When = 1;
    public const int Begin = 2;
    public const int End = 3;
    public const int Operator = 4;
    public const int Identifier = 5;
    public const int Before = 6;
    public const int After = 7;
    public const int Count = 8;
    public const int Duration = 9;
    public const int ForwardActive = 10;
    public const int ReverseActive = 11;
    public const int CombinedReactive1 = 12;
    public const int CombinedReactive2 = 13;
    public const int Quadrant1 = 14;
    public const int Quadrant2 = 15;
    public const int Quadrant3 = 16;
    public const int Quadrant4 = 17;
    public const int Voltage = 18;
    public const int Current = 19;
    public const int ActivePower = 20;
    public const int ReactivePower = 21;
    public const int PowerFactor = 22;
    public const int AmpereHours = 23;
    public const int Unbalance = 24;
    public const int Demand = 25;
    public const int DemandTime = 26;
    public const int Character = 27;

    public const int PhaseA = 32;
    public const int PhaseB = 64;
    public const int PhaseC = 96;

    /// <summary>Added for the values at the end of an event; without it they are those at its begin.</summary>
    public const int AtEnd = 128;
}

namespace MeterFirmware.Modbus;

/// <summary>What model 701 tells of a unit beside what a meter measures. Nothing here may allocate or block.</summary>
public interface ISunSpecUnit
{
    /// <summary>InvSt: 0 off, 1 sleeping, 2 starting, 3 running, 4 throttled, 5 shutting down, 6 fault,
    /// 7 standby.</summary>
    int InverterState { get; }

    /// <summary>It is connected to the mains.</summary>
    bool IsConnected { get; }

    /// <summary>Alrm, bits.</summary>
    int Alarms { get; }
}

using MeterFirmware.DeviceCore;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>A product as it runs on the PC: the firmware whole, and the world around it simulated.</summary>
internal interface IPcProduct : IDisposable
{
    /// <summary>Of the firmware that runs now.</summary>
    Core Core { get; }

    /// <summary>The board's calendar and its monotonic clock.</summary>
    Boards.Bench.SimulatedClock Clock { get; }

    /// <summary>Time between two ticks of the product.</summary>
    int TickMs { get; }

    /// <summary>One tick, <see cref="TickMs"/> after the one before. The firmware may restart in it.</summary>
    void Tick();

    /// <summary>What needs the processor between two ticks, at the device's time now.</summary>
    void TickBetween(long nowMs);

    /// <summary>The supply was away for so long.</summary>
    void LosePower(long darkMs);

    /// <summary>One line for people.</summary>
    string Report();

    /// <summary>Changes the world: a load, a vehicle, a button. Null: it has no such thing.</summary>
    string? Change(IReadOnlyList<string> words);
}

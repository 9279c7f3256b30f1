using MeterFirmware.Basics;
using MeterFirmware.Commands;

namespace MeterFirmware.DeviceCore;

/// <summary>
/// A product as the core sees it: what it does on commands of its own, how it stands, and what it keeps. Settings come
/// before the product (<see cref="DeviceSettings"/>), because they say how it is built.
/// </summary>
public interface IDeviceProduct : ICommandTarget
{
    /// <summary>Its sensor answers; true for a product without one. The watchdog watches it.</summary>
    bool HasReading { get; }

    /// <summary>Bits of <see cref="Hardware.SensorFault"/> that stand now.</summary>
    int SensorFaults { get; }

    /// <summary>False while its state cannot be saved.</summary>
    bool IsStoring { get; }

    /// <summary>Records that no medium would take.</summary>
    long RecordsRefused { get; }

    /// <summary>False while a restart would harm: a charger's contactor is closed.</summary>
    bool MayRestart { get; }

    /// <summary>False while somebody is served whom a restart would send away: a charger's session would end. Only a
    /// restart that can wait as long as it takes waits for this.</summary>
    bool IsIdle { get; }

    /// <summary>Writes figures of its own into the health report, behind the core's.</summary>
    void WriteHealth(ByteTextWriter json);

    /// <summary>Tries what only it can try without harm. Returns a <see cref="CommandRefusal"/>.</summary>
    int SelfTest();

    /// <summary>Saves all with the supply's last milliseconds, or before a restart.</summary>
    void PowerFails(long nowMs);
}

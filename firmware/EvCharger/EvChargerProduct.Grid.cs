using System;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Grid;
using MeterFirmware.Metering;

namespace MeterFirmware.EvCharger;

/// <summary>The grid profile that a vehicle gives back under.</summary>
public sealed partial class EvChargerProduct
{
    /// <summary>The profile that asks nothing of a unit: as if there were none.</summary>
    public const string NoProfile = "none";

    // As it was loaded by command, "none" too; null: none was, and the board's own holds.
    private byte[] _gridForm;

    /// <summary>A vehicle can give back here.</summary>
    public bool TakesGridProfile => _discharge != null;

    /// <summary>The grid profile in force; null: none.</summary>
    public GridProfile GridProfile => _discharge == null || _discharge.Grid == null ? null : _discharge.Grid.Profile;

    /// <summary>Puts another grid profile in force, kept across restarts. Returns a <see cref="CommandRefusal"/>: it is
    /// commissioned, so the charger is out of service and no session runs.</summary>
    /// <param name="bytes">The compact form.</param>
    public int TryUseGridProfile(GridProfile profile, byte[] bytes, int count)
    {
        if (Sessions.IsActive)
        {
            return CommandRefusal.Busy;
        }

        if (Sessions.IsOperative)
        {
            return CommandRefusal.WrongState;
        }

        // Kept first: after a power cut it must not be under a code that it reported as replaced.
        byte[] before = _gridForm;
        _gridForm = new byte[count];
        Array.Copy(bytes, 0, _gridForm, 0, count);
        if (!Checkpoint(NowMs))
        {
            _gridForm = before;
            return CommandRefusal.StorageFailed;
        }

        UseGrid(profile);
        AppendEvent(ChargerEventCode.GridProfileChanged, profile.Crc);
        TellGrid();
        return CommandRefusal.None;
    }

    private void TellGrid()
    {
        GridProfile profile = GridProfile;
        Telemetry?.AnnounceGrid(profile == null ? null : profile.Name, profile == null ? 0 : profile.Crc);
    }

    private void SaveGrid(byte[] state)
    {
        if (_gridForm != null)
        {
            int at = _writer.Open(GridTag);
            Array.Copy(_gridForm, 0, state, at, _gridForm.Length);
            _writer.Close(at + _gridForm.Length);
        }
    }

    private bool TryLoadGrid(byte[] state, int at, int count)
    {
        if (_discharge == null)
        {
            return true;
        }

        byte[] form = new byte[count];
        Array.Copy(state, at, form, 0, count);
        bool isGood = count <= ChargerLimits.GridProfileBytesMax;
        isGood &= GridProfile.TryLoad(form, count, out GridProfile profile, out string _);
        if (isGood)
        {
            _gridForm = form;
            UseGrid(profile);
        }

        return isGood;
    }

    private void UseGrid(GridProfile profile)
    {
        if (_discharge != null)
        {
            bool isNone = profile == null || profile.Name == NoProfile;
            _discharge.Use(isNone ? null : new VehicleGrid(profile, _parts.Charger, _loop.Mains));
        }
    }

    // What was given to support the grid, once it is over.
    private void TellSupport(long nowMs)
    {
        if (_discharge == null || !_discharge.TakeSupport(nowMs))
        {
            return;
        }

        SupportTally support = _discharge.Grid.Support;
        long utcSeconds = CivilTime.FloorDivide(Meter.UtcMs, 1000);
        _event.Values[2] = Scaling.DivideRounded(support.Millijoules, 3_600_000);
        _event.Values[3] = GridProfile.Crc;
        Append(ChargerEventCode.GridSupport, utcSeconds - (nowMs - support.StartMs) / 1000,
            utcSeconds - (nowMs - support.EndMs) / 1000, Scaling.DivideRounded(support.DepthMilliwatts, 1000),
            Meter.Registers.TotalWattHours(EnergyKind.Import), 4);
    }
}

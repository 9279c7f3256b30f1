using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.SiteController;

/// <summary>
/// What the whole site has consumed in the running tier period, so that the plan has the price of the next
/// kilowatt-hour. It is what was measured since commissioning: with a reading in the settings, that and what came after
/// it; without one, or after an outage of the controller, less than the truth, and the tier may be too low until the
/// next period.
/// </summary>
public sealed class SiteConsumption
{
    /// <summary>Bytes that <see cref="Save"/> writes: the account, and the day of the reading that was taken.</summary>
    public const int StateBytes = TierAccount.StateBytes + 4;

    private readonly TierAccount _account;
    private readonly long _readWattHours;
    private readonly int _readDay;
    private int _takenDay;

    /// <param name="tariff">Whose tiers count.</param>
    /// <param name="settings">A reading of the tier period's consumption, if there is one.</param>
    public SiteConsumption(TariffTable tariff, SiteSettings settings)
    {
        _account = new TierAccount(tariff);
        _readWattHours = settings.UsedWattHours;
        _readDay = settings.UsedDay;
    }

    /// <summary>Tier of the next energy, from 0.</summary>
    public int Tier => _account.Tier;

    /// <summary>Counted in the running tier period, whole Wh.</summary>
    public long WattHours => _account.WattHours;

    /// <summary>Counts what was drawn from the grid, µJ.</summary>
    public void Add(long microjoules) => _account.Add(microjoules > 0 ? microjoules : 0);

    /// <summary>The time is known: goes with the calendar, and takes the settings' reading once.</summary>
    public void Tick(long utcSeconds)
    {
        _account.Seek(utcSeconds);
        if (_readDay > _takenDay)
        {
            // One of another period is of no use any more, or not yet: the clock may still be wrong.
            _takenDay = _account.TrySet(_readWattHours, _readDay, utcSeconds) ? _readDay : _takenDay;
        }
    }

    public void Save(byte[] target, int offset)
    {
        _account.Save(target, offset);
        LittleEndian.WriteInt32(target, offset + TierAccount.StateBytes, _takenDay);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False, and nothing changes: a value is out of its range.</summary>
    public bool TryLoad(byte[] source, int offset)
    {
        if (!_account.TryLoad(source, offset))
        {
            return false;
        }

        _takenDay = LittleEndian.ReadInt32(source, offset + TierAccount.StateBytes);
        return true;
    }
}

using MeterFirmware.Charging;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.Tariffs;

namespace MeterFirmware.SiteController;

/// <summary>
/// The site controller as a board runs it: the product with its commissioned members and limits, the tariff, and the meter
/// of the building. A board adds the bus, the clock and its loop.
/// </summary>
public sealed class CompleteSite
{
    /// <summary>The building's meter is read this often.</summary>
    public const int MeterMs = 500;

    /// <summary>A meter that says nothing for so long: the building is taken for its commissioned most.</summary>
    public const int MeterSilentMs = 5_000;

    // What a member draws is told a second late, so for this long a rise at the mains may be its own.
    private const int MainsSamples = 4;

    private readonly ISiteBus _bus;
    private readonly IPowerSensor _meter;
    private readonly Measurement _measurement = new Measurement();
    private readonly int[] _others = new int[LimitTree.PhaseCount * MainsSamples];
    private readonly SiteSettings _settings;
    private readonly bool _isMains;
    private int _sample;
    private long _readMs = long.MinValue / 2;
    private long _triedMs = long.MinValue / 2;

    /// <param name="tariff">Null: the site is shared without prices.</param>
    /// <param name="meter">The building's; null where the settings name none.</param>
    public CompleteSite(SiteSettings settings, ISiteBus bus, IClock clock, TariffTable tariff, IPowerSensor meter)
    {
        _settings = settings;
        _bus = bus;
        _meter = meter;
        _isMains = settings.MeterPlace == SiteSettings.MeterMains;
        Site = new SiteController(
            bus, clock, settings.Rank, settings.SafeMilliamps, settings.NodeCount, settings.Phases, settings.NominalVolts)
        {
            UnbalanceMilliampsMax = settings.UnbalanceMilliamps,
        };
        settings.Fill(Site.Limits);
        for (int i = 0; i < settings.MemberCount; i++)
        {
            Site.Connectors.PhaseMask[i] = settings.PhaseMask[i];
            Site.Connectors.Node[i] = settings.Node[i];
        }

        if (tariff != null)
        {
            TariffSets sets = new TariffSets(tariff, tariff.RateCount, tariff.TierCount, null);
            Site.Tariff = new TariffHorizon(Site.Prices, sets, SiteController.SlotSeconds);
        }
    }

    public SiteController Site { get; }

    /// <summary>The building's load is measured; false: it is taken for its commissioned most, or there is no meter.</summary>
    public bool IsMeterHeard { get; private set; }

    /// <summary>One turn of the loop, every 10 ms.</summary>
    public void Tick(long nowMs)
    {
        if (_settings.MeterPlace != SiteSettings.MeterNone && nowMs - _triedMs >= MeterMs)
        {
            _triedMs = nowMs;
            ReadMeter(nowMs);
        }

        Site.Tick(nowMs);
        _bus.Tick(nowMs);
    }

    private void ReadMeter(long nowMs)
    {
        if (_meter != null && _meter.TryRead(nowMs, _measurement))
        {
            _readMs = nowMs;
            _sample = (_sample + 1) % MainsSamples;
        }

        bool wasHeard = IsMeterHeard;
        IsMeterHeard = nowMs - _readMs < MeterSilentMs;
        for (int phase = 0; phase < _settings.Phases; phase++)
        {
            if (!IsMeterHeard)
            {
                Site.Limits.SetOtherLoad(0, phase, _settings.OtherMilliampsMax);
            }
            else if (_readMs == nowMs)
            {
                Site.Limits.SetOtherLoad(0, phase, OtherNow(phase, wasHeard, nowMs));
            }
        }
    }

    private int OtherNow(int phase, bool wasHeard, long nowMs)
    {
        // A meter of one phase stands for all: there is no better figure.
        int column = phase < _measurement.PhaseCount ? phase : 0;
        int amps = _measurement.CurrentMilliamps[column];
        int measured = _measurement.ActivePowerMilliwatts[column] < 0 ? -amps : amps;
        if (!_isMains)
        {
            return measured;
        }

        int other = measured;
        for (int i = 0; i < _settings.MemberCount; i++)
        {
            // Of one that is silent nothing is known but what the leader sets aside for it: that then counts twice.
            bool counts = (_settings.PhaseMask[i] & (1 << phase)) != 0 && Site.Leader.IsHeard(i, nowMs);
            other -= counts ? Site.Leader.DrawnMilliampsOf(i) : 0;
        }

        int first = phase * MainsSamples;
        for (int i = 0; i < MainsSamples && !wasHeard; i++)
        {
            _others[first + i] = other;
        }

        _others[first + _sample] = other;
        int least = other;
        for (int i = 0; i < MainsSamples; i++)
        {
            least = _others[first + i] < least ? _others[first + i] : least;
        }

        // An overload is answered at once, whoever makes it.
        return measured > Site.Limits.PhaseLimitOf(0, phase) ? other : least;
    }
}

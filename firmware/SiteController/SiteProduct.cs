using MeterFirmware.Charging;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;

namespace MeterFirmware.SiteController;

/// <summary>
/// The site controller with its commissioned members and limits, the tariff, and the meter of the building: one tick.
/// <see cref="CompleteSite"/> puts it on the core that every device has.
/// </summary>
public sealed class SiteProduct
{
    // Today's and tomorrow's lists.
    private const int DayAheadDays = 2;

    /// <summary>The building's meter is read this often.</summary>
    public const int MeterMs = 500;

    /// <summary>A meter that says nothing for so long: the building is taken for its commissioned most.</summary>
    public const int MeterSilentMs = 5_000;

    private readonly ISiteBus _bus;
    private readonly IClock _clock;
    private readonly IPowerSensor _meter;
    private readonly Measurement _measurement = new Measurement();
    private readonly BuildingLoad _building;
    private readonly OverloadWatch _watch;
    private readonly SiteSettings _settings;
    private readonly bool _isMains;
    private long _readMs = long.MinValue / 2;
    private long _triedMs = long.MinValue / 2;

    /// <param name="tariff">Null: the site is shared without prices.</param>
    /// <param name="meter">The building's; null where the settings name none.</param>
    /// <param name="seal">As in the bus: this device's serial and restart number.</param>
    /// <param name="store">Keeps what is learnt over a loss of supply, blocks of <see cref="SiteMemory.BytesOf"/> and
    /// more; null: nothing is kept.</param>
    /// <param name="buffer">Room for that which others use too; null or too short: room of its own.</param>
    public SiteProduct(
        SiteSettings settings, ISiteBus bus, SiteSeal seal, IClock clock, TariffTable tariff, IPowerSensor meter,
        ICheckpointStore store, byte[] buffer = null)
    {
        _settings = settings;
        _clock = clock;
        _bus = bus;
        _meter = meter;
        _isMains = settings.MeterPlace == SiteSettings.MeterMains;
        Site = new SiteController(
            bus, clock, settings.Rank, settings.SafeMilliamps, settings.NodeCount,
            settings.Phases, settings.NominalVolts)
        {
            UnbalanceMilliampsMax = settings.UnbalanceMilliamps,
        };
        Site.Prefer(settings.Preference);
        Site.Leader.Seal = seal;
        Site.Leader.Events = Events;
        _building = new BuildingLoad(Site.Leader, Site.Limits, settings.MemberCount);
        _watch = new OverloadWatch(Site.Limits, Events);
        settings.Fill(Site.Limits);
        for (int i = 0; i < settings.MemberCount; i++)
        {
            Site.Connectors.PhaseMask[i] = settings.PhaseMask[i];
            Site.Connectors.PhaseOrder[i] = settings.PhaseOrder[i];
            Site.Connectors.Node[i] = settings.Node[i];
        }

        if (tariff != null)
        {
            Tariffs = new TariffSets(
                tariff, tariff.RateCount, tariff.TierCount, new DayAheadPrices(DayAheadDays, false));
            Site.Tariff = new TariffHorizon(Site.Prices, Tariffs, SiteController.SlotSeconds);
            Consumption = new SiteConsumption(tariff, settings);
        }

        Transformer = settings.TransformerKilovoltAmperes == 0 ? null : new SiteTransformer(settings);
        Memory = store == null ? null : new SiteMemory(store, Site, Consumption, buffer);
        Energy = new SiteEnergy(settings.MemberCount);
    }

    public SiteController Site { get; }

    /// <summary>Prices to plan by; null: the site is shared without.</summary>
    public TariffSets Tariffs { get; }

    /// <summary>What happened.</summary>
    public SiteEvents Events { get; } = new SiteEvents();

    /// <summary>What site and members drew.</summary>
    public SiteEnergy Energy { get; }

    /// <summary>The building's meter, as it was read last; means something while <see cref="IsMeterHeard"/>.</summary>
    public Measurement Reading => _measurement;

    /// <summary>The building's meter was told of in the settings.</summary>
    public bool HasMeter => _settings.MeterPlace != SiteSettings.MeterNone;

    /// <summary>Bits of <see cref="SensorFault"/> of the building's meter.</summary>
    public int SensorFaults => _meter == null ? 0 : _meter.Faults;

    /// <summary>The transformer that feeds the site; null: none is watched.</summary>
    public SiteTransformer Transformer { get; }

    /// <summary>Of the tier period; null without a tariff.</summary>
    public SiteConsumption Consumption { get; }

    /// <summary>Null: nothing is kept.</summary>
    public SiteMemory Memory { get; }

    /// <summary>The building's load is measured; false: it is taken for its commissioned most, or there is no
    /// meter.</summary>
    public bool IsMeterHeard { get; private set; }

    /// <summary>One turn of the loop, every 10 ms.</summary>
    public void Tick(long nowMs)
    {
        if (nowMs - _triedMs >= MeterMs)
        {
            long elapsedMs = nowMs - _triedMs < MeterSilentMs ? nowMs - _triedMs : 0;
            _triedMs = nowMs;
            long readMs = _readMs;
            if (_settings.MeterPlace != SiteSettings.MeterNone)
            {
                ReadMeter(nowMs);
            }

            Count(elapsedMs, _readMs == nowMs, nowMs - readMs, nowMs);
            if (Transformer != null)
            {
                Transformer.Tick(nowMs, _measurement, _readMs == nowMs);
            }
        }

        Site.Tick(nowMs);
        _bus.Tick(nowMs);
        if (Memory != null)
        {
            Memory.Tick(nowMs);
        }
    }

    // What the site drew: by a meter at the mains, else the building's, if that is measured, and the members' currents.
    private void Count(long elapsedMs, bool isRead, long sinceReadMs, long nowMs)
    {
        // A longer silence is a gap of a meter that does not count by itself.
        long microjoules = isRead ? MeasuredMicrojoules(sinceReadMs < MeterSilentMs ? sinceReadMs : 0) : 0;
        for (int i = 0; i < _settings.MemberCount; i++)
        {
            // Of a silent member nothing is known: it may have lost its supply.
            int drawn = Site.Leader.IsHeard(i, nowMs) ? Site.Leader.Draw.SumOf(i) : 0;
            long taken = (long)drawn * _settings.NominalVolts * elapsedMs;
            Energy.AddMember(i, taken);
            microjoules += _isMains ? 0 : taken;
        }

        Energy.Add(microjoules);
        for (int phase = 0; phase < _settings.Phases; phase++)
        {
            Energy.NotePhase(phase, PhaseMilliamps(phase, nowMs));
        }

        if (Consumption == null)
        {
            return;
        }

        if (_clock.TryReadUtc(out long utcSeconds, out int _))
        {
            Consumption.Tick(utcSeconds);
        }

        Consumption.Add(microjoules);
        Site.Tier = Consumption.Tier;
    }

    /// <summary>What flows on a phase at the mains now, mA: measured there, or the building's as far as it is
    /// measured, and
    /// what the members tell.</summary>
    public int PhaseMilliamps(int phase, long nowMs)
    {
        int column = phase < _measurement.PhaseCount ? phase : 0;
        int milliamps = IsMeterHeard ? _measurement.CurrentMilliamps[column] : 0;
        for (int i = 0; i < _settings.MemberCount && !(_isMains && IsMeterHeard); i++)
        {
            milliamps += Site.Leader.IsHeard(i, nowMs) ? Site.Leader.Draw.OnPhase(i, phase) : 0;
        }

        return milliamps;
    }

    /// <summary>What site and members draw on the strongest phase, mA: what the building feeds in takes nothing
    /// off.</summary>
    public int ImportMilliamps(long nowMs)
    {
        int strongest = 0;
        for (int phase = 0; phase < _settings.Phases; phase++)
        {
            int column = phase < _measurement.PhaseCount ? phase : 0;
            int measured = IsMeterHeard && _measurement.ActivePowerMilliwatts[column] > 0
                ? _measurement.CurrentMilliamps[column] : 0;
            int told = 0;
            for (int i = 0; i < _settings.MemberCount; i++)
            {
                told += Site.Leader.IsHeard(i, nowMs) ? Site.Leader.Draw.OnPhase(i, phase) : 0;
            }

            int drawn = !_isMains ? told + measured : told > measured ? told : measured;
            strongest = drawn > strongest ? drawn : strongest;
        }

        return strongest;
    }

    /// <summary>What members draw, by what they told last, W.</summary>
    public int MemberWatts(long nowMs)
    {
        long milliwatts = 0;
        for (int i = 0; i < _settings.MemberCount; i++)
        {
            milliwatts += Site.Leader.IsHeard(i, nowMs) ? (long)Site.Leader.Draw.SumOf(i) * _settings.NominalVolts : 0;
        }

        return (int)(milliwatts / 1000);
    }

    /// <summary>What flows at the mains, W, import above 0: measured there, or the building's as far as it is measured
    /// and what the members tell.</summary>
    public int FlowingWatts(long nowMs)
    {
        long milliwatts = 0;
        for (int phase = 0; phase < _settings.Phases && IsMeterHeard; phase++)
        {
            milliwatts += _measurement.ActivePowerMilliwatts[phase < _measurement.PhaseCount ? phase : 0];
        }

        return (int)(milliwatts / 1000) + (_isMains && IsMeterHeard ? 0 : MemberWatts(nowMs));
    }

    // mW × ms = µJ. What is fed in at a moment counts as no consumption, not as a negative one.
    private long MeasuredMicrojoules(long elapsedMs)
    {
        long milliwatts = 0;
        long microjoules = 0;
        for (int phase = 0; phase < _settings.Phases; phase++)
        {
            int column = phase < _measurement.PhaseCount ? phase : 0;
            milliwatts += _measurement.ActivePowerMilliwatts[column];
            microjoules += _measurement.ImportMicrojoules[column];
        }

        return _measurement.HasEnergy ? microjoules : milliwatts > 0 ? milliwatts * elapsedMs : 0;
    }

    private void ReadMeter(long nowMs)
    {
        if (_meter != null && _meter.TryRead(nowMs, _measurement))
        {
            _readMs = nowMs;
            _building.Begin();
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
                TakeSample(phase, wasHeard, nowMs);
            }
        }

        if (_readMs == nowMs && _isMains)
        {
            _watch.Decide(_settings.Phases, nowMs);
        }
    }

    private void TakeSample(int phase, bool wasHeard, long nowMs)
    {
        // A meter of one phase stands for all: there is no better figure.
        int column = phase < _measurement.PhaseCount ? phase : 0;
        int amps = _measurement.CurrentMilliamps[column];
        amps = amps < SiteSettings.MilliampsMax ? amps : SiteSettings.MilliampsMax;
        int measured = _measurement.ActivePowerMilliwatts[column] < 0 ? -amps : amps;
        if (!_isMains)
        {
            Site.Limits.SetOtherLoad(0, phase, measured);
            return;
        }

        int told = 0;
        for (int i = 0; i < _settings.MemberCount; i++)
        {
            told += Site.Leader.IsHeard(i, nowMs) ? Site.Leader.Draw.OnPhase(i, phase) : 0;
        }

        _watch.Take(phase, measured, told);
        int building = _building.Take(phase, measured, !wasHeard, nowMs);
        Site.Limits.SetOtherLoad(0, phase, (building > 0 ? building : 0) + _watch.LoweredBy(phase));
    }
}

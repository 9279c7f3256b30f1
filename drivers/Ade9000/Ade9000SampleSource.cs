using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade9000;

/// <summary>
/// The waveform buffer of an ADE9000: 16 pages of 16 samples of three voltages and three currents at 8 kHz, 32 ms in
/// all, filled round and round. <see cref="Poll"/> asks which page was filled last, <see cref="TryTake"/> hands out
/// those that were not taken yet, a page a block.
/// <code>
///   pages  0 1 2 3 4 5 6 7 8 9 …      taken up to 2; 7 was filled last: 3 to 7 wait, the chip fills 8
///              ^ taken   ^ last
/// </code>
/// The chip counts pages to 16 only; how often it came round, the time since the last poll tells.
/// </summary>
public sealed class Ade9000SampleSource : ISampleSource
{
    /// <summary>Poll at least so often, and take what waits right behind it.</summary>
    public const int PollMsMax = 20;

    private const int PhaseCountValue = 3;
    private const int PageCount = 16;
    private const int PageSamples = 16;
    private const int PageWords = 128;
    private const int PageMs = 2;
    private const int SamplesPerMs = 8;
    private const int SampleBytes = 2 * PhaseCountValue * 4;

    /// <summary>More would be overwritten while they are read.</summary>
    private const int WaitingMax = 12;

    /// <summary>Kept of more: the newest.</summary>
    private const int KeptMax = 8;

    /// <summary>Until the first page is full the status shows page 0 too.</summary>
    private const int FirstPageMs = 2 * PageMs + 1;

    /// <summary>Two clocks may part by so many pages between two polls.</summary>
    private const int SlackPages = 4;

    private const int ReservedStatusBit = 0x0800;

    /// <summary>Counts of a sample at full scale: the peak (data sheet, "Zero-crossing detection").</summary>
    private const int WaveFullScale = 74_532_013;

    private readonly Ade9000Port _port;
    private readonly byte[] _page = new byte[PageSamples * SampleBytes];
    private readonly int[][] _voltages = new int[PhaseCountValue][];
    private readonly int[][] _currents = new int[PhaseCountValue][];
    private readonly int _voltageShift;
    private readonly int _currentShift;
    private bool _isRunning;
    private bool _hasPage;
    private int _lastPage;
    private int _waiting;
    private int _lost;
    private long _polledAtMs;

    internal Ade9000SampleSource(Ade9000Port port, Ade9000Settings settings)
    {
        _port = port;
        for (int phase = 0; phase < PhaseCountValue; phase++)
        {
            _voltages[phase] = new int[PageSamples];
            _currents[phase] = new int[PageSamples];
        }

        _voltageShift = ShiftOf(settings.VoltageFullScaleMillivolts);
        _currentShift = ShiftOf(settings.CurrentFullScaleMilliamps);
        MicrovoltsPerCount = MicrosPerCount(settings.VoltageFullScaleMillivolts, _voltageShift);
        MicroampsPerCount = MicrosPerCount(settings.CurrentFullScaleMilliamps, _currentShift);
        CurrentMilliampsMax = settings.CurrentMilliampsMax;
    }

    public int PhaseCount => PhaseCountValue;

    public int SampleRateMillihertz => SamplesPerMs * 1_000_000;

    public int MicrovoltsPerCount { get; }

    public int MicroampsPerCount { get; }

    public int CurrentMilliampsMax { get; }

    /// <summary>Asks the chip how far it is. False: it does not run yet, or the answer means nothing; what waits
    /// then stays.</summary>
    public bool Poll(long nowMs)
    {
        if (!_isRunning || (!_hasPage && nowMs - _polledAtMs < FirstPageMs)
            || !_port.TryRead(Ade9000Register.WaveStatus, out int status) || (status & ReservedStatusBit) != 0)
        {
            return false;
        }

        int last = status >> 12;
        long expected = (nowMs - _polledAtMs) / PageMs;
        int seen = (last - _lastPage) & (PageCount - 1);
        long rounds = expected < seen ? 0 : (expected - seen + PageCount / 2) / PageCount;
        long filled = seen + rounds * PageCount;
        if (filled > expected + SlackPages)
        {
            return false;
        }

        _hasPage = true;
        _lastPage = last;
        _polledAtMs = nowMs;
        long waiting = _waiting + filled;
        if (waiting > WaitingMax)
        {
            Lose(waiting - KeptMax);
            waiting = KeptMax;
        }

        _waiting = (int)waiting;
        return true;
    }

    public bool TryTake(SampleBlock block)
    {
        while (_waiting > 0)
        {
            int page = (_lastPage - _waiting + 1) & (PageCount - 1);
            block.FirstMs = _polledAtMs - PageMs * _waiting - PageMs / 2;
            _waiting--;
            if (_port.TryReadBlock(Ade9000Register.WaveBuffer + page * PageWords, _page, _page.Length) && IsAlive())
            {
                Unpack();
                block.Voltages = _voltages;
                block.Currents = _currents;
                block.Count = PageSamples;
                block.Lost = _lost;
                _lost = 0;
                return true;
            }

            Lose(1);
        }

        return false;
    }

    /// <summary>The capture began now.</summary>
    internal void Start(long nowMs)
    {
        if (_hasPage)
        {
            // What flowed by since the chip stopped.
            Lose((nowMs - _polledAtMs) / PageMs + 1);
        }

        _isRunning = true;
        _hasPage = false;
        _lastPage = PageCount - 1;
        _waiting = 0;
        _polledAtMs = nowMs;
    }

    internal void Stop()
    {
        Lose(_waiting);
        _waiting = 0;
        _isRunning = false;
    }

    private void Lose(long pages)
    {
        long lost = _lost + pages * PageSamples;
        _lost = lost > int.MaxValue ? int.MaxValue : (int)lost;
    }

    /// <summary>A line that rests high or low fills a page with one byte; converters never do.</summary>
    private bool IsAlive()
    {
        for (int i = 1; i < _page.Length; i++)
        {
            if (_page[i] != _page[0])
            {
                return true;
            }
        }

        return _page[0] != 0 && _page[0] != 0xFF;
    }

    private void Unpack()
    {
        int at = 0;
        for (int i = 0; i < PageSamples; i++)
        {
            for (int phase = 0; phase < PhaseCountValue; phase++)
            {
                _currents[phase][i] = Sample(at, _currentShift);
                _voltages[phase][i] = Sample(at + 4, _voltageShift);
                at += 8;
            }
        }
    }

    /// <summary>28 bits, extended by their own sign: of the first sample of a page the chip loses its extension.
    /// </summary>
    private int Sample(int at, int shift)
    {
        int count = (_page[at] << 28) | (_page[at + 1] << 20) | (_page[at + 2] << 12) | (_page[at + 3] << 4);
        return ((count >> 4) + (1 << (shift - 1))) >> shift;
    }

    /// <summary>Whole micro-units a count: so many bits are dropped that rounding them errs by 0.025 % at most.
    /// </summary>
    private static int ShiftOf(int fullScaleMilli)
    {
        const int ShiftMin = 10;
        const int ShiftMax = 14;
        const int MicrosMin = 2_000;
        int shift = ShiftMin;
        while (shift < ShiftMax && MicrosPerCount(fullScaleMilli, shift) < MicrosMin)
        {
            shift++;
        }

        return shift;
    }

    private static int MicrosPerCount(int fullScaleMilli, int shift)
    {
        // √2 in millionths: full scale is the peak.
        long peakMicros = fullScaleMilli * 1_414_214L / 1_000;
        return (int)Scaling.DivideRounded((1L << shift) * peakMicros, WaveFullScale);
    }
}

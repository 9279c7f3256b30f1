using System;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>Maximum demand of import in blocks of 15 minutes, a second time: a window counts when it was
/// whole.</summary>
internal sealed class PlainDemand
{
    private long _microjoules;
    private bool _isWhole;
    private bool _isExporting;

    public long MaximumMilliwatts { get; private set; }

    public void Add(long import, long export)
    {
        if (import != export && _isExporting != export > import)
        {
            _isExporting = export > import;
            Restart();
        }

        _microjoules += import;
    }

    /// <summary>The window under way is none.</summary>
    public void Restart()
    {
        _microjoules = 0;
        _isWhole = false;
    }

    public void EndWindow()
    {
        if (_isWhole)
        {
            // µJ in 900 s → mW.
            MaximumMilliwatts = Math.Max(MaximumMilliwatts,
                (long)Math.Round(_microjoules / 900_000m, MidpointRounding.AwayFromZero));
        }

        _microjoules = 0;
        _isWhole = true;
    }

    public void Clear() => MaximumMilliwatts = 0;
}

using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.SettingsFile;

/// <summary>The metering chips that a board's image carries, by the names that settings.json calls them. What is not
/// registered here is not in the image.</summary>
public sealed class SensorTable
{
    private const int CountMax = 8;

    private readonly string[] _names = new string[CountMax];
    private readonly ISensorMaker[] _makers = new ISensorMaker[CountMax];
    private int _count;

    /// <summary>The name that holds where the settings name none.</summary>
    public string First => _names[0];

    /// <summary>All names of chips, for a message.</summary>
    public string Names
    {
        get
        {
            string names = _names[0];
            for (int i = 1; i < _count; i++)
            {
                names += _makers[i] == null ? "" : ", " + _names[i];
            }

            return names;
        }
    }

    public void Add(string name, ISensorMaker maker)
    {
        Invariant.Require(_count < CountMax && !Has(name), "at most 8 sensors, each by a name of its own");
        _names[_count] = name;
        _makers[_count] = maker;
        _count++;
    }

    /// <summary>A name that an older firmware took on this board without looking at it: the first chip stands for
    /// it.</summary>
    public void AddIgnored(string name)
    {
        Invariant.Require(_count > 0, "a name that is ignored comes after a chip");
        Add(name, null);
    }

    public bool Has(string name) => Find(name) >= 0;

    /// <summary>The name is taken, and another chip than it says is used.</summary>
    public bool Ignores(string name)
    {
        int at = Find(name);
        return at >= 0 && _makers[at] == null;
    }

    /// <summary>What of the settings does not fit the chip that they name; null: nothing.</summary>
    public string FirstProblem(BoardSettings settings) => MakerOf(settings).FirstProblem(settings);

    /// <summary>The serial line of the sensor that the settings name; empty: it has none that something else could
    /// take.</summary>
    public string LineOf(BoardSettings settings)
    {
        ISensorLine line = MakerOf(settings) as ISensorLine;
        return line == null ? "" : line.LineName;
    }

    /// <summary>The sensor that the settings name.</summary>
    /// <param name="settings">Checked against this table.</param>
    public IPowerSensor Make(BoardSettings settings) => MakerOf(settings).Make(settings);

    private ISensorMaker MakerOf(BoardSettings settings)
    {
        int at = settings.Sensor == "" ? 0 : Find(settings.Sensor);
        Invariant.Require(at >= 0, "the settings were checked against this table");
        return _makers[at] ?? _makers[0];
    }

    private int Find(string name)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}

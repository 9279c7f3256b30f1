using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

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

    /// <summary>All names, for a message.</summary>
    public string Names
    {
        get
        {
            string names = _names[0];
            for (int i = 1; i < _count; i++)
            {
                names += ", " + _names[i];
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

    public bool Has(string name) => Find(name) >= 0;

    /// <summary>The sensor that the settings name.</summary>
    /// <param name="settings">Loaded with this table.</param>
    public IPowerSensor Make(BoardSettings settings)
    {
        int at = Find(settings.Sensor);
        Invariant.Require(at >= 0, "the settings were checked against this table");
        return _makers[at].Make(settings);
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

using MeterFirmware.Basics;
using MeterFirmware.Storage;

namespace MeterFirmware.Telemetry;

/// <summary>Writes the two retained messages of the status topic: the birth, and the will that takes its
/// place.</summary>
public sealed class StatusMessage
{
    private readonly TelemetrySettings _settings;
    private readonly IRecordLog _log;

    /// <summary>Version of the protocol that the birth names; a device that names none speaks 1.0.</summary>
    public const string Protocol = "1.1";

    public StatusMessage(TelemetrySettings settings, IRecordLog log)
    {
        _settings = settings;
        _log = log;
    }

    /// <summary>Counts births since the start; with the next record's number, which every start raises, it names one
    /// birth of all that this device ever made, so that an answer to it cannot have been made for another
    /// one.</summary>
    public long Birth { get; private set; }

    /// <summary>The next record's number as the last birth told it.</summary>
    public long BirthNext { get; private set; }

    /// <summary>Names of the tariff's rates in index order, up to the first null; null: records carry the index
    /// only.</summary>
    public string[] RateNames { get; set; }

    /// <summary>Grid code that the device is under; null: none.</summary>
    public string GridProfile { get; set; }

    /// <summary>CRC-32 of its compact form.</summary>
    public long GridProfileCrc { get; set; }

    /// <summary>The will, handed to the broker at connect. Allocates: at construction only.</summary>
    public byte[] MakeWill()
    {
        ByteTextWriter json = new ByteTextWriter(128);
        json.BeginObject();
        json.Name("device");
        json.Value(_settings.Device);
        json.Name("online");
        json.Value(false);
        json.EndObject();
        byte[] will = new byte[json.Length];
        System.Array.Copy(json.Bytes, 0, will, 0, will.Length);
        return will;
    }

    /// <summary>Writes the birth: what the device is, and where its record numbers stand.</summary>
    public void WriteBirth(ByteTextWriter json)
    {
        Birth++;
        BirthNext = _log.NextNumber;
        json.Clear();
        json.BeginObject();
        json.Name("device");
        json.Value(_settings.Device);
        json.Name("online");
        json.Value(true);
        json.Name("product");
        json.Value(_settings.Product);
        json.Name("firmware");
        json.Value(_settings.Firmware);
        json.Name("protocol");
        json.Value(Protocol);
        WriteJournal(json);
        json.Name("oldest");
        json.Value(_log.OldestNumber);
        json.Name("next");
        json.Value(BirthNext);
        json.Name("acknowledged");
        json.Value(_log.AcknowledgedNumber);
        json.Name("birth");
        json.Value(Birth);
        if (RateNames != null)
        {
            json.Name("rates");
            json.BeginArray();
            for (int i = 0; i < RateNames.Length && RateNames[i] != null; i++)
            {
                json.Value(RateNames[i]);
            }

            json.EndArray();
        }

        if (GridProfile != null)
        {
            json.Name("gridProfile");
            json.Value(GridProfile);
            json.Name("gridProfileCrc");
            json.Value(GridProfileCrc);
        }

        json.EndObject();
    }

    private void WriteJournal(ByteTextWriter json)
    {
        if (_log.Identity == null)
        {
            return;
        }

        json.Name("journal");
        json.Value(_log.Identity);
        if (_log.IdentityFrom > 1)
        {
            // What an earlier firmware logged: those records carry no identity.
            json.Name("journalFrom");
            json.Value(_log.IdentityFrom);
        }
    }
}

using MeterFirmware.Basics;

namespace MeterFirmware.Telemetry;

/// <summary>Has a report that stands, retained, at the broker: published on every connection and on every change, until
/// the broker has confirmed it.</summary>
public interface IReportSource
{
    /// <summary>True from a change until <see cref="NoteReported"/>.</summary>
    bool IsReportDue { get; }

    /// <summary>Writes the whole report, a JSON object.</summary>
    void WriteReport(ByteTextWriter writer);

    /// <summary>The change was seen: the report is written from now on, as often as it takes.</summary>
    void NoteReported();
}

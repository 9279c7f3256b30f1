using MeterFirmware.Basics;

namespace MeterFirmware.Telemetry;

/// <summary>Has a report that is published, retained, whenever it has changed.</summary>
public interface IReportSource
{
    /// <summary>True from a change until <see cref="NoteReported"/>.</summary>
    bool IsReportDue { get; }

    /// <summary>Writes the whole report, a JSON object.</summary>
    void WriteReport(ByteTextWriter writer);

    /// <summary>The link has taken what was written.</summary>
    void NoteReported();
}

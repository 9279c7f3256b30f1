namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>A device that another one replaced in the field.</summary>
/// <param name="OldAddress">Taken away.</param>
/// <param name="NewAddress">Takes over place, customer, role, rating and tariff.</param>
/// <param name="At">When.</param>
/// <param name="OldImportWattHours">Last reading of the old one.</param>
/// <param name="OldExportWattHours">Last reading of the old one.</param>
/// <param name="NewImportWattHours">First reading of the new one.</param>
/// <param name="NewExportWattHours">First reading of the new one.</param>
public sealed record Exchange(
    string OldAddress,
    string NewAddress,
    DateTimeOffset At,
    long OldImportWattHours,
    long OldExportWattHours,
    long NewImportWattHours,
    long NewExportWattHours);

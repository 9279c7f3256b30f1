using MeterFirmware.Tools.Generate.Boards;

namespace MeterFirmware.Tools.Generate;

/// <summary>Every text that is made out of the catalogues, and where it is committed.</summary>
public static class Outputs
{
    /// <summary>Where the catalogues lie.</summary>
    internal const string Folder = "firmware/Catalogue/";

    private const string Ledger = Folder + "numbers.txt";
    private const string Readme = Folder + "README.md";
    private const string CommandsReadme = "firmware/Commands/README.md";
    private const string ModbusReadme = "firmware/Modbus/README.md";
    private const string AsyncApi = "firmware/Telemetry/asyncapi.yaml";

    /// <summary>Every file that the texts are made from: catalogues, and hand-written files with generated
    /// parts.</summary>
    public static IReadOnlyList<string> Inputs { get; } =
    [
        Folder + "events.json", Folder + "measurands.json", Folder + "settings.json", Folder + "commands.json",
        Folder + "refusals.json", Ledger, Readme, AsyncApi, CommandsReadme, ModbusReadme,
    ];

    /// <summary>Path and text of each, from the catalogues and, where only a part is made, from the file as it
    /// stands.</summary>
    public static IEnumerable<(string Path, string Text)> Make(Repository repository)
    {
        Catalogue catalogue = Catalogue.Load(repository);
        yield return (Ledger, NumberLedger.Continue(Ledger, repository.Read(Ledger), catalogue));
        foreach ((string, string) code in EventOutputs(catalogue))
        {
            yield return code;
        }

        yield return ("firmware/Telemetry/Measurands.cs", MeasurandTables.Code(catalogue));
        yield return ("firmware/Telemetry/InstantColumns.cs", MeasurandTables.Columns(catalogue));
        yield return ("firmware/Modbus/PlainTable.cs", PlainTables.Code(catalogue));
        yield return ("tools/meterctl/Modbus/PlainRegisters.cs", PlainTables.Words(catalogue));
        yield return (ModbusReadme, Region.Replace(ModbusReadme, repository.Read(ModbusReadme),
            new Dictionary<string, string> { ["plain"] = PlainTables.Table(catalogue) }));
        yield return ("firmware/Commands/CommandCode.cs", CommandTables.Codes(catalogue));
        yield return ("firmware/Commands/CommandCatalogue.cs", CommandTables.Words(catalogue));
        yield return ("firmware/Commands/CommandRefusal.cs", RefusalTables.Code(catalogue));
        yield return ("firmware/Commands/MeterSchema.Settings.cs", SettingTables.Code(catalogue, SettingList.Meter));
        yield return ("firmware/Commands/settings.schema.json", SettingTables.Schema(catalogue, SettingList.Meter));
        yield return ("firmware/DeviceCore/DeviceSchema.Settings.cs", SettingTables.Code(catalogue,
            SettingList.Device));
        yield return ("firmware/DeviceCore/settings.schema.json", SettingTables.Schema(catalogue, SettingList.Device));
        yield return (CommandsReadme, Region.Replace(CommandsReadme, repository.Read(CommandsReadme),
            new Dictionary<string, string>
            {
                ["roles"] = CommandTables.RoleTable(catalogue),
                ["refusals"] = RefusalTables.Table(catalogue),
            }));
        yield return (Readme, Region.Replace(Readme, repository.Read(Readme), Tables.All(catalogue)));
        yield return (AsyncApi, Region.Replace(AsyncApi, repository.Read(AsyncApi), AsyncApiParts.All(catalogue)));
        foreach ((string, string) code in BoardOutputs.Make(repository))
        {
            yield return code;
        }
    }

    private static IEnumerable<(string Path, string Text)> EventOutputs(Catalogue catalogue)
    {
        yield return ("firmware/Catalogue/EventCode.cs", EventCodes.Of(catalogue, "meter", "EventCode",
            Places.EventCodeSpace,
            "Stable numbers of the meter's events. Behind an event's values, when a named operator commanded it (DL/T "
            + "645: C0 to C3): his code."));
        yield return ("firmware/EvCharger/ChargerEventCode.cs", EventCodes.Of(catalogue, "charger", "ChargerEventCode",
            "MeterFirmware.EvCharger", "Stable numbers of the charger's events (the meter's own are below 100)."));
        yield return ("firmware/SiteController/SiteEventCode.cs", EventCodes.Of(catalogue, "site", "SiteEventCode",
            "MeterFirmware.SiteController",
            "Stable numbers of a site's events (those of every device are below 100)."));
        yield return ("firmware/ChargerSafety/ChargerFault.cs", FaultCodes.Charger(catalogue));
        yield return ("firmware/Metering/MeterFault.cs", FaultCodes.Bits(catalogue, "meter", "MeterFault",
            "MeterFirmware.Metering", "Latched conditions of the meter, as bits."));
        yield return ("firmware/Hardware/SensorFault.cs", FaultCodes.Bits(catalogue, "sensor", "SensorFault",
            "MeterFirmware.Hardware", "Conditions a power sensor reports, as bits that may stand together."));
        yield return ("firmware/History/EventSlots.cs", EventTables.Slots(catalogue));
        yield return ("firmware/History/EventWatches.cs", EventTables.Watches(catalogue));
        yield return ("firmware/History/EventThresholds.Rows.cs", EventTables.Thresholds(catalogue));
        yield return ("firmware/SmartMeter/ThresholdSettings.cs", EventTables.ThresholdSettings(catalogue));
        yield return ("firmware/Dlt645Meter/EventItems.cs", EventTables.Items(catalogue));
    }
}

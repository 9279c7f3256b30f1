namespace MeterFirmware.Tools.HeadEnds.Web.Pages;

/// <summary>What stands in the form of a new campaign.</summary>
internal sealed class CampaignFields
{
    public string Kind { get; set; } = "tariff";

    public string Tariff { get; set; } = "";

    public string Document { get; set; } = "";

    public string Command { get; set; } = "health";

    public string Arguments { get; set; } = "{}";

    public string Devices { get; set; } = "";

    public string Area { get; set; } = "";

    public string Model { get; set; } = "";

    public string Firmware { get; set; } = "";

    public int First { get; set; } = 5;

    public int Growth { get; set; } = 200;

    public int Pause { get; set; } = 60;

    public int ErrorsPercent { get; set; } = 10;

    public int Hours { get; set; } = 168;

    public string Why { get; set; } = "";
}

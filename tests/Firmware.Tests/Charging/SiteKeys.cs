namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>The key of the sites in tests.</summary>
public static class SiteKeys
{
    public const string Text = "000102030405060708090a0b0c0d0e0f";

    public static byte[] Site => MeterFirmware.SiteBus.SiteKey.Read(Text);
}

using System;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>What a settings document changes in a running meter.</summary>
[TestClass]
public class MeterSettingsTests
{
    private const int SecondMs = 1_000;

    /// <summary>A document says whole minutes, and FRAM takes a checkpoint a second: whatever else the document is
    /// for, it makes no cut lose more.</summary>
    [TestMethod]
    [DataRow("{\"version\":1,\"revision\":1,\"log\":{\"level\":3}}")]
    [DataRow("{\"version\":1,\"revision\":1,\"storage\":{\"checkpointMinutes\":15}}")]
    public void ADocumentLeavesABoardThatSavesEverySecondAsItIs(string document)
    {
        ProductBench bench = new ProductBench(new MeteringSettings(), SecondMs);
        bench.Twin.SetLoad(230_000, 43_478, 10_000_000, 0, 50_000);
        bench.Run(5);
        Assert.Contains("\"ok\":true", Send(bench, document));

        // 2.8 Wh a second.
        bench.Run(50);
        long before = bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        long after = bench.Restart(1, false).Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.IsTrue(before > 100 && before - after <= 6, before + " Wh, then " + after);
    }

    /// <summary>Flash wears: there the document's minutes hold.</summary>
    [TestMethod]
    public void ADocumentSaysHowOftenAMeterOnFlashSaves()
    {
        ProductBench bench = new ProductBench(new MeteringSettings(), 60 * 60 * SecondMs);
        bench.Twin.SetLoad(230_000, 43_478, 10_000_000, 0, 50_000);
        bench.Run(5);
        Send(bench, "{\"version\":1,\"revision\":1,\"storage\":{\"checkpointMinutes\":1}}");
        bench.Run(3_700);
        long before = bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        long after = bench.Restart(1, false).Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.IsTrue(before - after <= 61 * 10_000 / 3_600, before + " Wh, then " + after);
    }

    private static string Send(ProductBench bench, string document)
    {
        byte[] secret = new byte[DeviceSecurity.SecretBytes];
        Assert.IsTrue(bench.Meter.Core.Security.TryCommission(secret));
        long utc = bench.UtcMs / 1000;
        ByteTextWriter text = new ByteTextWriter(1_024);
        MessageSigner.Begin(text, new TelemetrySettings().Device, 1, CommandRole.Utility, 1, utc, utc + 60);
        text.Raw(",\"document\":");
        text.Raw(document);
        new MessageSigner(secret).End(text, "configuration", CommandRole.Utility, 1);
        MqttMessage message = new MqttMessage(1_024) { PayloadLength = text.Length };
        Array.Copy(text.Bytes, 0, message.Payload, 0, text.Length);
        ByteTextWriter reply = new ByteTextWriter(1_024);
        bench.Meter.Core.Settings.TryHandle(bench.NowMs, utc, message, reply);
        return System.Text.Encoding.UTF8.GetString(reply.Bytes, 0, reply.Length);
    }
}

using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Dlt698;
using MeterFirmware.Dlt698Meter;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Lines;

/// <summary>The protocols that the smart meter speaks on a line.</summary>
public static class MeterProtocols
{
    private const int AnswerBytes = 4096;

    public static Action<long> Dlt645(ISerialLine line, MeterReadout meter, Dlt645Settings settings) =>
        new Dlt645Server(line, settings, meter, AnswerBytes).Tick;

    /// <param name="heartbeatSeconds">0: the meter speaks when asked.</param>
    /// <param name="baud">Speed of a serial line.</param>
    public static MeterProtocol Dlt698(int heartbeatSeconds, int baud) => (line, meter, settings) =>
    {
        MeterObjects objects = new(meter, settings);
        Dlt698Server server = new(line, new Dlt698Settings
        {
            Baud = baud,
            HeartbeatSeconds = heartbeatSeconds,
            AnswerBytes = AnswerBytes,
            Software = "0200",
            Hardware = "SIM",
        }, objects);
        return nowMs =>
        {
            objects.Tick(nowMs);
            server.Tick(nowMs);
        };
    };
}

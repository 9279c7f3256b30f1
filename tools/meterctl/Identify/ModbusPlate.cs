using MeterFirmware.Modbus;
using MeterFirmware.Tools.MeterCtl.Commands;
using MeterFirmware.Tools.MeterCtl.Modbus;

namespace MeterFirmware.Tools.MeterCtl.Identify;

/// <summary>A Modbus device says nothing of itself: each known map is tried, and what gives plausible values is
/// proposed. Values are shown of a map that has no look-alikes.</summary>
internal static class ModbusPlate
{
    private const int RoundMsMin = 2_000;

    // A round asks several times: one late answer must not hide a map.
    private const int AnswersMax = 4;

    public static void Read(ModbusClient client, int unit, FoundMeter found)
    {
        int roundMs = Math.Max(RoundMsMin, AnswersMax * client.ReplyTimeoutMs);
        foreach (string name in ModbusMeters.Names)
        {
            ModbusProfile profile = ModbusMeters.Load(name);
            ModbusPowerSensor sensor = new(client, profile, unit);
            if (!ModbusLineCommands.TryRound(sensor, roundMs) || !ModbusPlausibility.TryJudge(sensor, profile, out _))
            {
                continue;
            }

            found.Proposals.Add(name);
            if (found.Values.Count > 0 || profile.NeedsConfirmation)
            {
                continue;
            }

            found.Command = $"meterctl modbus read --unit {unit} --meter {name}";
            foreach (ModbusReading reading in ModbusReading.Of(sensor))
            {
                string phase = reading.Phase == 0 ? "" : $" L{reading.Phase}";
                found.Values.Add(new FoundValue(reading.Name + phase, reading.Value, reading.Unit, null));
            }
        }
    }
}

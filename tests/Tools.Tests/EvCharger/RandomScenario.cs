using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Scenarios;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Scenarios that charge most of the time and are disturbed at random.</summary>
internal static class RandomScenario
{
    public static ChargerScenario Create(Random random)
    {
        List<ChargerScenarioStep> steps = [];
        long atMs = random.Next(0, 500);
        int count = random.Next(8, 30);
        for (int i = 0; i < count; i++)
        {
            ChargerScenarioStep step = new() { AtMs = atMs };
            bool isHealing = i % 3 == 0;
            if (isHealing)
            {
                Heal(step, random);
            }
            else
            {
                Disturb(step, random);
            }

            steps.Add(step);
            atMs += isHealing ? random.Next(1_000, 6_000) : random.Next(4) == 0 ? random.Next(1, 120)
                : random.Next(400, 4_000);
        }

        return new ChargerScenario { IsGbt = random.Next(2) == 0, UntilMs = atMs + 8_000, Steps = steps };
    }

    // Back to a healthy station with a vehicle that wants to charge, through an unplugged moment half of the time.
    private static void Heal(ChargerScenarioStep step, Random random)
    {
        step.CpVolts = random.Next(5) == 0 ? 9 + Noise(random) : 6 + Noise(random);
        step.CpLowVolts = -12 + Noise(random);
        step.RcdAcMilliamps = 0;
        step.RcdDcMilliamps = 0;
        step.PeOk = true;
        step.TemperatureC = 25;
        step.MainsVolts = [230, 230, 230];
        step.MainsHz = 50;
        step.LineAmps = [6, 6, 6];
        step.OfferAmps = 16;
        step.Authorized = true;
        step.ContactorFeedback = ChargerFeedback.Follows;
        step.Reset = true;
    }

    private static void Disturb(ChargerScenarioStep step, Random random)
    {
        switch (random.Next(17))
        {
            case 0 or 1: step.CpVolts = 9 + Noise(random); break;
            case 2: step.CpVolts = 12 + Noise(random); break;
            case 3: step.CpVolts = random.Next(2) == 0 ? Noise(random) : -12; break;
            case 4: step.CpVolts = random.NextDouble() * 14 - 1; break;
            case 5: step.CpLowVolts = -6; break;
            case 6: step.RcdAcMilliamps = random.Next(60); break;
            case 7: step.RcdDcMilliamps = random.Next(12); break;
            case 8: step.PeOk = false; break;
            case 9: step.TemperatureC = 60 + random.Next(15); break;
            case 10: step.MainsVolts = [random.Next(300), 230, 230]; break;
            case 11: step.LineAmps = [random.Next(80), 10, 10]; break;
            case 12: step.OfferAmps = random.Next(35); break;
            case 13: step.Authorized = random.Next(2) == 0; break;
            case 14: step.LoopStallMs = random.Next(3) == 0 ? random.Next(20, 30_000) : random.Next(10, 300); break;
            case 15:
                step.ContactorFeedback = (ChargerFeedback)random.Next(3);
                step.CpVolts = 9;
                break;
            default: step.CpVolts = 6 + Noise(random); break;
        }
    }

    private static double Noise(Random random) => random.NextDouble() - 0.5;
}

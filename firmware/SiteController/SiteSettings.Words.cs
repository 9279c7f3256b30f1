using MeterFirmware.Basics;
using MeterFirmware.Charging;

namespace MeterFirmware.SiteController;

/// <content>What a word of the text means.</content>
public sealed partial class SiteSettings
{
    // One phase, or all three in the order in which the charger's own are wired to the site's.
    private static bool TryPhases(string text, out int mask, out byte order)
    {
        mask = 0;
        order = Connectors.PhaseOrder123;
        int turned = 0;
        for (int own = 0; own < text.Length && own < LimitTree.PhaseCount; own++)
        {
            int phase = text[own] - '1';
            bool isGood = phase >= 0 && phase < LimitTree.PhaseCount && (mask & (1 << phase)) == 0;
            mask = isGood ? mask | (1 << phase) : 0;
            if (!isGood)
            {
                return false;
            }

            turned |= phase << (2 * own);
        }

        order = text.Length == LimitTree.PhaseCount ? (byte)turned : order;
        return text.Length == 1 || text.Length == LimitTree.PhaseCount;
    }

    private static bool TryDate(string text, out int day)
    {
        day = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-')
        {
            return false;
        }

        int year = ValueOf(text.Substring(0, 4));
        int month = ValueOf(text.Substring(5, 2));
        int date = ValueOf(text.Substring(8, 2));
        if (year < 2000 || year > 2099 || month < 1 || month > 12 || date < 1
            || date > CivilTime.DaysInMonth(year, month))
        {
            return false;
        }

        day = (int)CivilTime.DaysFromDate(year, month, date);
        return true;
    }

    private static bool TryNumber(string text, out int value)
    {
        value = ValueOf(text);
        return value >= 0;
    }

    private static int ValueOf(string text)
    {
        int value = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9 || value > MilliampsMax)
            {
                return -1;
            }

            value = value * 10 + digit;
        }

        return text.Length == 0 || value > MilliampsMax ? -1 : value;
    }
}

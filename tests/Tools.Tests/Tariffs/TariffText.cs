using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Tests.Tariffs;

internal static class TariffText
{
    public static string Of(TariffFile tariff) => TariffWriter.Write(tariff.Model);

    public static string Of(TariffModel model) => TariffWriter.Write(model);
}

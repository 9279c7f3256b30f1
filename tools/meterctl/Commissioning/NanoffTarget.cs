namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>How nanoff reaches a board.</summary>
/// <param name="Name">Of its firmware.</param>
/// <param name="IsJtag">Firmware and image go over the debugger, not over the serial port.</param>
/// <param name="Address">Of the deployment area; empty: nanoff knows it.</param>
internal sealed record NanoffTarget(string Name, bool IsJtag = false, string Address = "")
{
    /// <summary>As the boards' READMEs have it.</summary>
    public static NanoffTarget Of(BoardKind board) => board.Processor switch
    {
        "esp32" => new("ESP32_REV3"),
        "esp32-c3" => new("ESP32_C3"),
        "esp32-s3-n8r8" => new("ESP32_S3_OCTAL"),
        "esp32-wt32-eth01" => new("ESP32_WT32_ETH01"),
        "stm32f769i-discovery" => new("ST_STM32F769I_DISCOVERY", IsJtag: true, Address: "0x080C0000"),
        _ => throw new InputException($"{board.Name}: nanoff has no firmware for {board.Processor}"),
    };
}

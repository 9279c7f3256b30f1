using System.Globalization;
using System.Net;
using System.Text;
using ZXing;
using ZXing.Common;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>A label of 60 × 30 mm for the box: address, board, chip, tariff, and a QR code of the address. It is made
/// from the record alone, which holds no secret.</summary>
internal static class BoardLabel
{
    /// <summary>What the QR code says: whoever scans it knows which device stands here.</summary>
    public static string CodeText(string device, string product, string board) =>
        $"meterfirmware:{device}?product={product}&board={board}";

    /// <summary>The label as SVG.</summary>
    public static string Make(BoardRecord record) => Svg(CodeText(record.Device, record.Product, record.Board),
    [
        record.Device, $"{record.Product}, {record.Board}", $"chip {record.Sensor}, site {record.Site}",
        record.IsBench ? "bench keys: not for customers" : "",
    ]);

    private static string Svg(string code, string[] lines)
    {
        // Quality M bears 15 % of dirt; four modules of quiet zone are ISO/IEC 18004's.
        BitMatrix matrix = new MultiFormatWriter().encode(code, BarcodeFormat.QR_CODE, 0, 0,
            new Dictionary<EncodeHintType, object>
            {
                [EncodeHintType.ERROR_CORRECTION] = ZXing.QrCode.Internal.ErrorCorrectionLevel.M,
                [EncodeHintType.MARGIN] = 4,
            });
        StringBuilder svg = new();
        svg.AppendLine("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60mm\" height=\"30mm\" "
            + "viewBox=\"0 0 60 30\">");
        svg.AppendLine("<rect width=\"60\" height=\"30\" fill=\"white\"/>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<g transform=\"translate(1 1) scale({28m / matrix.Width:0.######})\">");
        svg.Append("<path fill=\"black\" d=\"");
        for (int y = 0; y < matrix.Height; y++)
        {
            for (int x = 0; x < matrix.Width; x++)
            {
                if (matrix[x, y])
                {
                    svg.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        svg.AppendLine("\"/></g>");
        for (int i = 0; i < lines.Length; i++)
        {
            string size = (i == 0 ? 3.4 : 2.2).ToString("0.0", CultureInfo.InvariantCulture);
            svg.AppendLine($"<text x=\"30\" y=\"{8 + 5 * i}\" font-family=\"sans-serif\" font-size=\"{size}\" "
                + $"textLength=\"{Length(lines[i], i)}\" lengthAdjust=\"spacingAndGlyphs\">"
                + $"{WebUtility.HtmlEncode(lines[i])}</text>");
        }

        return svg.AppendLine("</svg>").ToString();
    }

    /// <summary>A long line is pressed together, so that it stays on the label.</summary>
    private static string Length(string line, int index) =>
        Math.Min(29, line.Length * (index == 0 ? 1.9 : 1.2)).ToString("0.0", CultureInfo.InvariantCulture);
}

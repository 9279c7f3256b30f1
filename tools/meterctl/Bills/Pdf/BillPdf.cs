using System.Globalization;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Tariffs;
using SkiaSharp;

namespace MeterFirmware.Tools.MeterCtl.Bills.Pdf;

/// <summary>A bill as PDF on A4: a table a section, the notes, and the picture of each tariff's year.</summary>
internal sealed class BillPdf : IDisposable
{
    private const float PageWidth = 595;
    private const float PageHeight = 842;
    private const float Margin = 42;
    private const float Size = 9.5f;
    private const float SmallSize = 7.5f;
    private const float QuantityRight = 430;
    private const float CellHeight = 1.6f;
    private static readonly SKColor _ink = new(0x1C, 0x1C, 0x1C);
    private static readonly SKColor _grey = new(0x66, 0x66, 0x66);

    private readonly PdfFonts _fonts = new();
    private readonly SKDocument _document;
    private SKCanvas? _canvas;
    private float _y;

    private BillPdf(Stream stream) => _document = SKDocument.CreatePdf(stream, new SKDocumentPdfMetadata
    {
        Title = "Bill",
        Creator = "meterctl",
        RasterDpi = 72,
        EncodingQuality = 100,
    });

    /// <param name="bill">The bill.</param>
    /// <param name="documents">Its tariffs.</param>
    /// <param name="missing">Characters that no font of this machine has; empty: none.</param>
    public static byte[] Write(BillDocument bill, IReadOnlyList<TariffFile> documents, out string missing)
    {
        using MemoryStream stream = new();
        using (BillPdf pdf = new(stream))
        {
            pdf.Bill(bill, documents);
            pdf._document.EndPage();
            pdf._document.Close();
            missing = string.Concat(pdf._fonts.Missing);
        }

        return stream.ToArray();
    }

    public void Dispose()
    {
        _document.Dispose();
        _fonts.Dispose();
    }

    private void Bill(BillDocument bill, IReadOnlyList<TariffFile> documents)
    {
        Text($"Bill: {Money.Text(bill.Total)} {bill.Currency}", 18, _ink, isBold: true);
        foreach (BillSection section in bill.Sections)
        {
            Section(section, bill.Currency);
        }

        _y += 8;
        foreach (string note in bill.Notes)
        {
            Text($"Note: {note}", Size, _ink);
        }

        Text(BillKinds.RoundingRule, SmallSize, _grey);
        foreach (TariffFile document in documents)
        {
            Picture(document.Model, YearMap.Of(document.Model, bill.Sections[^1].From.Year));
        }
    }

    private void Section(BillSection section, string currency)
    {
        Room(70);
        _y += 10;
        Text(string.Create(CultureInfo.InvariantCulture,
            $"{section.From:uuuu-MM-dd} to {section.Until.PlusDays(-1):uuuu-MM-dd}"), 12, _ink, isBold: true);
        Text(section.Document, Size, _grey);
        Row("line", "quantity", currency, isBold: true);
        foreach (BillLine line in section.Lines)
        {
            Room(30);
            Row(line.Title, string.Create(CultureInfo.InvariantCulture, $"{line.Quantity:0.###} {line.Unit}"),
                Money.Text(line.Cost), isBold: false);
            Text($"{BillKinds.Name(line.Kind)}: {line.Why}", SmallSize, _grey);
        }

        Row("sum", "", Money.Text(section.Total), isBold: true);
    }

    private void Row(string name, string quantity, string cost, bool isBold)
    {
        string[] names = [.. _fonts.Wrap(name, Size, 240)];
        Room(names.Length * Size * 1.4f);
        using SKPaint rule = new() { Color = new SKColor(0xDD, 0xDD, 0xDD), StrokeWidth = 0.5f };
        _canvas!.DrawLine(Margin, _y + 3, PageWidth - Margin, _y + 3, rule);
        for (int i = 0; i < names.Length; i++)
        {
            _y += Size * 1.4f;
            _fonts.Draw(_canvas, names[i], Margin, _y, Size, _ink, isBold);
            if (i == 0)
            {
                Right(quantity, QuantityRight, isBold);
                Right(cost, PageWidth - Margin, isBold);
            }
        }
    }

    private void Right(string text, float right, bool isBold) => _fonts.Draw(_canvas!, text,
        right - _fonts.Width(text, Size, isBold), _y, Size, _ink, isBold);

    /// <summary>Days across, hours down, a colour a rate.</summary>
    private void Picture(TariffModel model, YearMap map)
    {
        Room(YearMap.Rows * CellHeight + 40 + 12 * model.Rates.Count);
        _y += 12;
        Text($"{model.Name}, {map.Year}", 11, _ink, isBold: true);
        int days = map.Rates.GetLength(0);
        float left = Margin + 26;
        float width = (PageWidth - Margin - left) / days;
        float top = _y + 14;
        using SKPaint fill = new() { IsAntialias = false };
        foreach (YearRun run in map.Runs())
        {
            fill.Color = SKColor.Parse(map.Colours[run.Rate]);
            _canvas!.DrawRect(left + run.Day * width, top + run.FromRow * CellHeight, width + 0.1f,
                (run.UntilRow - run.FromRow) * CellHeight, fill);
        }

        for (int month = 1; month <= 12; month++)
        {
            float x = left + (new NodaTime.LocalDate(map.Year, month, 1).DayOfYear - 1) * width;
            _fonts.Draw(_canvas!, $"{month:00}", x, top - 4, SmallSize, _grey);
        }

        for (int hour = 0; hour <= 24; hour += 6)
        {
            _fonts.Draw(_canvas!, $"{hour:00}:00", Margin, top + hour * 4 * CellHeight + 3, SmallSize, _grey);
        }

        _y = top + YearMap.Rows * CellHeight + 6;
        for (int rate = 0; rate < model.Rates.Count; rate++)
        {
            _y += 12;
            fill.Color = SKColor.Parse(map.Colours[rate]);
            _canvas!.DrawRect(left, _y - 8, 8, 8, fill);
            _fonts.Draw(_canvas, string.Create(CultureInfo.InvariantCulture,
                $"{model.Rates[rate]}  {model.ImportPrices[rate] / 1_000_000m:0.######} {model.Currency}/kWh"),
                left + 14, _y, SmallSize, _ink);
        }
    }

    private void Text(string text, float size, SKColor colour, bool isBold = false)
    {
        foreach (string line in _fonts.Wrap(text, size, PageWidth - 2 * Margin))
        {
            Room(size * 1.4f);
            _y += size * 1.4f;
            _fonts.Draw(_canvas!, line, Margin, _y, size, colour, isBold);
        }
    }

    /// <summary>A new page where this one has no room for so much.</summary>
    private void Room(float height)
    {
        if (_canvas is not null && _y + height <= PageHeight - Margin)
        {
            return;
        }

        if (_canvas is not null)
        {
            _document.EndPage();
        }

        _canvas = _document.BeginPage(PageWidth, PageHeight);
        _y = Margin;
    }
}

using System.Text.Json;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Commands;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>Brings a firmware image to a device in signed pieces, goes on where an earlier run ended, and waits until the device
/// has checked the whole.</summary>
internal static class ImageUpload
{
    /// <summary>Pieces that bring nothing more, in a row: a lost one is sent again, a device that stands still is
    /// left.</summary>
    private const int IdleMax = 10;

    private static readonly TimeSpan _poll = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(MqttBrokers brokers, string device, SignedRequest request, string path,
        TimeSpan patience, CancellationToken cancel)
    {
        byte[] image = Read(path);
        string mac = request.ImageMac(image);
        await using DeviceLink link = await DeviceLink.ConnectAsync(brokers, device, cancel);
        JsonElement? answer = await AskAsync("{}");
        if (ResultOf(answer) is not { } state)
        {
            return No(answer);
        }

        // Another image of that length would be found out by its mac, and sent anew by the next run.
        bool goesOn = state.Text("state") == "receiving" && state.Is("bytes", image.Length);
        int idle = 0;
        for (int at = goesOn ? Received() : 0; at < image.Length;)
        {
            string data = Convert.ToBase64String(image, at,
                Math.Min(TariffPieces.PieceBytes, image.Length - at));
            string first = at == 0 ? $",\"mac\":\"{mac}\"" : "";
            // An answer may be lost with the device's connection although the piece was taken: it says itself how far it is.
            answer = await AskAsync($$"""{"bytes":{{image.Length}},"at":{{at}},"data":"{{data}}"{{first}}}""")
                ?? await AskAsync("{}");
            if (ResultOf(answer) is not { } next)
            {
                return No(answer);
            }

            state = next;
            idle = Received() > at ? 0 : idle + 1;
            if (idle == IdleMax)
            {
                Console.Error.WriteLine($"meterctl: {device} takes no more than {at} of {image.Length} bytes");
                return Program.AnswerIsNo;
            }

            at = Received();

            // Back at the line's beginning: whatever is said next stands in its place.
            Console.Error.Write($"{at * 100L / image.Length,3} %\r");
        }

        while (state.Text("state") == "verifying")
        {
            await Task.Delay(_poll, cancel);
            answer = await AskAsync("{}");
            if (ResultOf(answer) is not { } next)
            {
                return No(answer);
            }

            state = next;
        }

        bool isGood = state.Text("state") == "verified";
        Console.Error.WriteLine();
        Console.Out.WriteLine(
            $"{device}: {image.Length} bytes {(isGood ? "stored and verified" : "stored, but the whole is not what "
                + "was signed")}");
        return isGood ? Program.Done : Program.AnswerIsNo;

        Task<JsonElement?> AskAsync(string arguments)
        {
            byte[] message = request.Command("update", arguments);
            long id = request.Id;
            return link.AskAsync("command", message,
                (channel, content) => channel == "reply" && SignedCommandCommand.IsAnswer(content, id),
                patience, cancel);
        }

        int Received() => (int)state.Whole("received", 0, image.Length);

        int No(JsonElement? given)
        {
            Console.Error.WriteLine(given is { } refused ? $"meterctl: {device} refused update: {refused.Text("error")}"
                : $"meterctl: {device} did not answer in time; the same command goes on where this one ended");
            return Program.AnswerIsNo;
        }
    }

    private static JsonElement? ResultOf(JsonElement? answer) =>
        answer is { } given && given.Flag("ok") ? given.Object("result") : null;

    private static byte[] Read(string path)
    {
        try
        {
            byte[] image = File.ReadAllBytes(path);
            return image.Length > 0 ? image : throw new InputException($"--image: {path}: it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--image: {path}: {e.Message}");
        }
    }
}

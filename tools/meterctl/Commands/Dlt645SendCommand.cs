using System.CommandLine;
using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.MeterCtl.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl dlt645 send`: any request of `encode` to a meter, and its answer.</summary>
internal static class Dlt645SendCommand
{
    public static Command Create()
    {
        Dlt645EncodeOptions options = new();
        Option<string> tcp = new("--tcp") { Description = "Serial server, HOST:PORT." };
        Option<string> serial = new("--serial") { Description = "Serial port, such as /dev/ttyUSB0 or COM3." };
        Option<int> speed = new("--line-baud")
        {
            Description = "Speed of --serial.",
            DefaultValueFactory = _ => Dlt645Protocol.DefaultBaud
        };
        Option<string> parity = Dlt645LineCommands.ParityOption();
        Option<int> timeout =
            new("--timeout") { Description = "Milliseconds to wait for a reply.", DefaultValueFactory = _ => 2_500 };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "send",
            "Sends one request and prints the answer. Exit code 1 when the meter refuses or does not answer. A "
                + "command is sent\n" +
            "once, a question (--read, --next, --read-address) up to three times.\n\n" +
            "Examples: meterctl dlt645 send --serial /dev/ttyUSB0 --address 000012345678 --clock now --password "
                + "02:123456\n" +
            "  meterctl dlt645 send --tcp 127.0.0.1:4001 --address 000012345678 --freeze 99999999")
        {
            tcp, serial, speed, parity, timeout, json,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            Dlt645Frame request = options.BuildFrame(parsed);
            using IDisposable line = Dlt645LineCommands.Open(
                "send", parsed.GetValue(tcp), parsed.GetValue(serial), parsed.GetValue(speed), parsed.GetValue(parity));
            bool isQuestion =
                request.Control is Dlt645Protocol.Read or Dlt645Protocol.ReadNext or Dlt645Protocol.ReadAddress;
            Dlt645Client client = new((ISerialLine)line, 8192)
            {
                Baud = parsed.GetValue(speed),
                ReplyTimeoutMs =
                    Dlt645LineCommands.Within("--timeout", parsed.GetValue(timeout), Dlt645LineCommands.TimeoutMsMax),
                WakeUpCount = options.Wake(parsed, 4),
                Tries = isQuestion ? 3 : 1,
            };
            client.TryBegin(request.Address, request.Control, request.Data, request.Length);
            Dlt645LineCommands.Wait(client);
            return Report(client, request, parsed.GetValue(json));
        });
        return command;
    }

    private static int Report(Dlt645Client client, Dlt645Frame request, bool json)
    {
        Dlt645DecodedFrame answer = Explain(client, request);
        bool isGood = answer.Error == null && answer.Refused == null;
        if (json)
        {
            Dlt645Command.WriteJson(new { frames = new[] { answer } });
        }
        else
        {
            Dlt645Command.Print(answer);
            if (isGood && (request.IsBroadcast || answer.Values.Count == 0))
            {
                Console.Out.WriteLine(request.IsBroadcast ? "  sent; a broadcast has no answer" : "  done");
            }
        }

        if (!isGood)
        {
            Console.Error.WriteLine($"meterctl: {answer.Error ?? "refused: " + string.Join(", ", answer.Refused!)}");
        }

        return isGood ? Program.Done : Program.AnswerIsNo;
    }

    /// <summary>The answer as a frame that the decoder explains; of a broadcast, and without an answer, the
    /// request.</summary>
    private static Dlt645DecodedFrame Explain(Dlt645Client client, Dlt645Frame request)
    {
        if (request.Control is Dlt645Protocol.Read or Dlt645Protocol.ReadNext)
        {
            request.TryReadIdentifier(out int di);
            return Dlt645LineCommands.Explain(client, request.Address, di);
        }

        bool isAnswered = client.Outcome is Dlt645Outcome.Done or Dlt645Outcome.Refused && !request.IsBroadcast;
        Dlt645Frame frame = new();
        frame.SetAddress(isAnswered ? client.ReplyAddress : request.Address);
        frame.Control = !isAnswered ? request.Control
            : request.Control | (client.Outcome == Dlt645Outcome.Refused ? 0xC0 : 0x80);
        byte[] data = !isAnswered ? request.Data[..request.Length]
            : client.Outcome == Dlt645Outcome.Refused ? [(byte)client.ErrorBits]
            : client.Data[..client.DataLength];
        data.CopyTo(frame.Data, 0);
        frame.Length = data.Length;
        byte[] bytes = new byte[frame.EncodedLength];
        frame.Encode(0, bytes, 0);
        Dlt645DecodedFrame shown = new Dlt645Decoder().Decode(bytes)[0];
        if (client.Outcome is not (Dlt645Outcome.Done or Dlt645Outcome.Refused))
        {
            shown.Error = Dlt645LineCommands.FailureOf(client);
        }

        return shown;
    }
}

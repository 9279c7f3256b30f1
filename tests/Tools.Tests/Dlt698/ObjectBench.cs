using System;
using System.Linq;
using MeterFirmware.Dlt698;
using MeterFirmware.Dlt698Meter;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Tools.MeterCtl.Dlt698;
using MeterFirmware.Tools.Tests.Dlt645Meter;

namespace MeterFirmware.Tools.Tests.Dlt698;

/// <summary>The whole meter over its simulated chip behind the DL/T 698.45 server.</summary>
internal sealed class ObjectBench
{
    public const int AnswerBytes = 4096;

    private readonly Dlt698Receiver _receiver = new(500);
    private readonly byte[] _sink = new byte[2048];
    private long _aheadMs;

    public ObjectBench(ReadoutBench meter = null)
    {
        Meter = meter ?? new ReadoutBench();
        Line = ScriptedLine.Pair();
        Objects = new MeterObjects(Meter.Readout, Meter.Settings);
        Dlt698Settings settings = new() { WakeUpCount = 0, AnswerBytes = AnswerBytes };
        Server = new Dlt698Server(Line.Other, settings, Objects);
    }

    public ReadoutBench Meter { get; }

    public ScriptedLine Line { get; }

    public MeterObjects Objects { get; }

    public Dlt698Server Server { get; }

    /// <summary>The message that answers one, joined from its fragments; hex without gaps, "" for none.</summary>
    public string Ask(byte[] message)
    {
        string joined = "";
        Send(0x43, message);
        for (int turn = 0; turn < 100; turn++)
        {
            Dlt698Frame frame = Receive();
            if (frame == null)
            {
                return "";
            }

            int head = frame.IsFragment ? 2 : 0;
            joined += Convert.ToHexString(frame.Data, head, frame.Length - head);
            if (!frame.IsFragment || frame.FragmentKind == Dlt698Protocol.LastBlock)
            {
                return joined;
            }

            Send(0x63, [(byte)frame.FragmentBlock, (byte)(0x80 | frame.FragmentBlock >> 8)]);
        }

        return "";
    }

    public string Ask(string hex) => Ask(Convert.FromHexString(hex.Replace(" ", "")));

    /// <summary>Data of an object; "DAR n" for an error.</summary>
    public string Get(string oad)
    {
        string answer = Ask($"05 01 00 {oad} 00");
        bool isGood = answer.Substring(14, 2) == "01";
        return isGood ? answer[16..^4] : $"DAR {Convert.ToInt32(answer.Substring(16, 2), 16)}";
    }

    /// <summary>Result of a SET.</summary>
    public int Set(string oad, string data) =>
        Convert.ToInt32(Ask($"06 01 00 {oad} {data.Replace(" ", "")} 00").Substring(14, 2), 16);

    /// <summary>Result of an ACTION.</summary>
    public int Act(string omd) => Convert.ToInt32(Ask($"07 01 00 {omd} 00 00").Substring(14, 2), 16);

    /// <summary>Rows of a record as fields.</summary>
    public string[] Rows(string oad, byte[] selector, params string[] columns)
    {
        byte[] message = Dlt698Request.GetRecord(
            0, Convert.FromHexString(oad), selector, [.. columns.Select(Convert.FromHexString)]);
        string answer = Ask(message);
        Dlt698DecodedFrame frame = Dlt698Decoder.Explain(Convert.FromHexString(answer), null);
        return frame.Error != null || frame.Refused.Count > 0 ? [frame.Error ?? frame.Refused[0]]
            : [.. frame.Fields.Where(f => f.Name is not ("piid" or "object")).Select(f => f.Value)];
    }

    public bool Login(string password) => Ask(Dlt698Request.Connect(0, password)).Substring(2 * 71, 2) == "00";

    private void Send(int control, byte[] message)
    {
        Dlt698Frame frame = new() { Control = control, AddressHead = 5, Length = message.Length };
        Meter.Settings.Address.CopyTo(frame.Address, 0);
        message.CopyTo(frame.Data, 0);
        byte[] bytes = new byte[frame.EncodedLength];
        frame.Encode(0, bytes, 0);
        Line.TryWrite(bytes, 0, bytes.Length);
    }

    private Dlt698Frame Receive()
    {
        for (int i = 0; i < 10; i++)
        {
            _aheadMs += 10;
            Server.Tick(Meter.Meter.Clock.NowMs + _aheadMs);
        }

        Line.TryRead(_sink, 0, _sink.Length, out int count);
        for (int i = 0; i < count; i++)
        {
            if (_receiver.Feed(_sink[i], 0))
            {
                return _receiver.Frame;
            }
        }

        return null;
    }
}

using System;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Supervision;

namespace MeterFirmware.Boards.Device;

/// <summary>New entries of the ring log, on the serial console.</summary>
public sealed class LogConsole
{
    private readonly RingLog _log;
    private readonly ByteTextWriter _line = new ByteTextWriter(160);
    private long _next;

    public LogConsole(RingLog log)
    {
        _log = log;
    }

    /// <summary>All that are new.</summary>
    public void Print()
    {
        while (PrintOne())
        {
        }
    }

    /// <summary>The oldest new one. False: there is none.</summary>
    public bool PrintOne()
    {
        _next = _next < _log.OldestNumber ? _log.OldestNumber : _next;
        if (_next >= _log.NextNumber)
        {
            return false;
        }

        _line.Clear();
        _log.TryWriteLine(_line, _next++);
        Console.Write(Encoding.UTF8.GetString(_line.Bytes, 0, _line.Length));
        return true;
    }
}

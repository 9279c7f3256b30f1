using System;
using MeterFirmware.Supervision;
using nanoFramework.Networking;

namespace MeterFirmware.Boards.Device;

/// <summary>The platform's SNTP client, which knows two servers; ours asks them one after the other.</summary>
public sealed class NetworkTime : ISntpClient
{
    private readonly string _first;
    private readonly string _second;

    public NetworkTime(string first, string second)
    {
        _first = first;
        _second = second;
    }

    public void Ask(int server)
    {
        try
        {
            string name = server == 1 ? _first : _second;
            Sntp.Server1 = name;
            Sntp.Server2 = name;
            if (!Sntp.IsStarted)
            {
                Sntp.Start();
            }

            Sntp.UpdateNow();
        }
        catch (Exception e)
        {
            // No answer then: a time server is no reason to restart a charger.
            Console.WriteLine("time: " + e.Message);
        }
    }
}

using System;
using System.Device.Wifi;
using System.Threading;
using nanoFramework.Networking;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// Brings the network up on a thread of its own while the meter already counts; the time is
/// <see cref="NetworkTime"/>'s. The helpers wait for ever without a token: every attempt has a time-out, and is
/// repeated.
/// </summary>
public sealed class NetworkStarter
{
    private const int AttemptMs = 60_000;
    private const int PauseMs = 15_000;

    private readonly string _ssid;
    private readonly string _password;

    private NetworkStarter(string ssid, string password)
    {
        _ssid = ssid;
        _password = password;
    }

    /// <summary>True once an address is there. Reconnecting after that is the platform's own business.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; private set; }

    /// <summary>What the last attempt said, for the log.</summary>
    public string LastStatus { get; private set; } = "starting";

    public static NetworkStarter StartWifi(string ssid, string password)
    {
        NetworkStarter starter = new NetworkStarter(ssid, password);
        new Thread(starter.RunWifi).Start();
        return starter;
    }

    public static NetworkStarter StartEthernet()
    {
        NetworkStarter starter = new NetworkStarter(null, null);
        new Thread(starter.RunEthernet).Start();
        return starter;
    }

    private void RunWifi()
    {
        while (!IsReady)
        {
            Attempts++;
            try
            {
                using CancellationTokenSource timeOut = new CancellationTokenSource(AttemptMs);
                IsReady = WifiNetworkHelper.ConnectDhcp(
                    _ssid, _password, WifiReconnectionKind.Automatic, requiresDateTime: false, token: timeOut.Token);
                LastStatus = IsReady ? "ready" : "Wi-Fi status " + ((int)WifiNetworkHelper.Status).ToString();
            }
            catch (Exception e)
            {
                LastStatus = e.Message;
            }

            Pause();
        }
    }

    private void RunEthernet()
    {
        while (!IsReady)
        {
            Attempts++;
            try
            {
                using CancellationTokenSource timeOut = new CancellationTokenSource(AttemptMs);
                IsReady = NetworkHelper.SetupAndConnectNetwork(timeOut.Token, false);
                LastStatus = IsReady ? "ready" : "Ethernet status " + ((int)NetworkHelper.Status).ToString();
            }
            catch (Exception e)
            {
                LastStatus = e.Message;
            }

            Pause();
        }
    }

    private void Pause()
    {
        if (!IsReady)
        {
            Thread.Sleep(PauseMs);
        }
    }
}

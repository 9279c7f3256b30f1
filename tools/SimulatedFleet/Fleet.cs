using System.Diagnostics;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>
/// Runs simulated devices against a real broker. Each device's clock runs as fast as it is told, but no faster than the
/// wall's while the network owes the device something: a connection under way, an acknowledgement outstanding. A fast
/// clock would otherwise take a millisecond's silence for minutes, give connections up and send everything again.
/// </summary>
public sealed class Fleet
{
    /// <summary>A device is given at most this many ticks before the next one has its turn.</summary>
    private const int TicksPerTurn = 120;

    /// <summary>Least step of a device that waits for the network.</summary>
    private const int WaitingStepMs = 10;

    private readonly IReadOnlyList<IFleetDevice> _devices;
    private readonly long[] _lastWallMs;
    private readonly int _stepMs;
    private readonly double _speed;
    private readonly Stopwatch _wall = Stopwatch.StartNew();

    /// <summary>Monotonic time of the devices at which the wall's clock begins to count for them.</summary>
    public long BeginMs { get; init; }

    /// <param name="devices">Ticked by <see cref="Run"/> and <see cref="Drain"/> only.</param>
    /// <param name="stepMs">Simulated time per tick.</param>
    /// <param name="speed">Simulated seconds per second; infinity for as fast as it goes.</param>
    public Fleet(IReadOnlyList<IFleetDevice> devices, int stepMs, double speed)
    {
        _devices = devices;
        _stepMs = stepMs;
        _speed = speed;
        _lastWallMs = new long[devices.Count];
    }

    /// <summary>Records given a number so far.</summary>
    public long Produced => _devices.Sum(device => device.Log.NextNumber - 1);

    /// <summary>Records not acknowledged yet.</summary>
    public long Pending => _devices.Sum(device => device.Agent.Pending);

    /// <summary>Lets the wall's clock begin now: devices that ran elsewhere until <see cref="BeginMs"/> go on from
    /// there.</summary>
    public void Restart() => _wall.Restart();

    /// <summary>Runs until every device's clock has come to <paramref name="simulatedMs"/>.</summary>
    public void Run(long simulatedMs, CancellationToken cancel) =>
        ForEachShare(cancel, device => device.NowMs < simulatedMs, isDraining: false);

    /// <summary>Goes on, at the wall's speed, until every record is acknowledged. False: time ran out.</summary>
    public bool Drain(TimeSpan limit, CancellationToken cancel)
    {
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        both.CancelAfter(limit);
        ForEachShare(both.Token, device => device.Agent.Pending > 0, isDraining: true);
        return Pending == 0;
    }

    private void ForEachShare(CancellationToken cancel, Func<IFleetDevice, bool> isWanted, bool isDraining)
    {
        // Two cores are enough for the devices; the broker, the head-end and their clients want some too.
        int shares = Math.Clamp(Math.Min(Environment.ProcessorCount, _devices.Count / 16), 1, 4);
        Thread[] threads = new Thread[shares];
        List<Exception> failures = [];
        for (int share = 0; share < shares; share++)
        {
            int first = share;
            threads[share] = new Thread(() =>
            {
                try
                {
                    RunShare(first, shares, cancel, isWanted, isDraining);
                }
                catch (Exception e)
                {
                    lock (failures)
                    {
                        failures.Add(e);
                    }
                }
            });
            threads[share].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("a simulated device failed", failures);
        }
    }

    private void RunShare(int first, int shares, CancellationToken cancel, Func<IFleetDevice, bool> isWanted,
        bool isDraining)
    {
        bool isAnyWanted = true;
        while (isAnyWanted && !cancel.IsCancellationRequested)
        {
            isAnyWanted = false;
            bool isAnyRunning = false;
            for (int i = first; i < _devices.Count; i += shares)
            {
                if (isWanted(_devices[i]))
                {
                    isAnyWanted = true;
                    isAnyRunning |= Turn(i, isWanted, isDraining);
                }
            }

            if (!isAnyRunning && isAnyWanted)
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Gives one device its turn. True when its clock ran freely.</summary>
    private bool Turn(int index, Func<IFleetDevice, bool> isWanted, bool isDraining)
    {
        IFleetDevice device = _devices[index];
        bool hasRun = false;
        for (int tick = 0; tick < TicksPerTurn && isWanted(device); tick++)
        {
            if (isDraining || MustWait(device))
            {
                StepWithTheWall(index, device);
                return hasRun;
            }

            if (device.NowMs - BeginMs > _wall.ElapsedMilliseconds * _speed)
            {
                return hasRun;
            }

            device.Step(_stepMs);
            _lastWallMs[index] = _wall.ElapsedMilliseconds;
            hasRun = true;
        }

        return hasRun;
    }

    private void StepWithTheWall(int index, IFleetDevice device)
    {
        long now = _wall.ElapsedMilliseconds;
        long passed = now - _lastWallMs[index];
        if (passed < WaitingStepMs)
        {
            return;
        }

        _lastWallMs[index] = now;
        device.Step((int)Math.Min(passed, _stepMs));
    }

    private static bool MustWait(IFleetDevice device)
    {
        if (device.Agent.State == LinkState.Waiting)
        {
            return false;
        }

        return device.Link.State != MqttLinkState.Open || device.Agent.State != LinkState.Online ||
            device.Agent.Pending > 0;
    }
}

using MeterFirmware.Hardware;

namespace MeterFirmware.Dlt645;

/// <summary>
/// Another maker's DL/T 645-2007 meter as a sensor of its total active power alone (02 03 00 00), which one request
/// brings: about 0.5 s at 2400 baud, where all values of <see cref="Dlt645PowerSensor"/> take seconds. A value is given
/// once; until the next one there is no reading, so that whoever controls by it never takes an old value for a new one.
/// The power stands in phase 0, import above 0, up to 79.9999 kW either way: the identifier's six digits.
/// </summary>
public sealed class Dlt645TotalPower : IPowerSensor
{
    /// <summary>Bytes of the answer: what the client has to hold.</summary>
    public const int AnswerBytes = 3;

    private const int Identifier = 0x02030000;

    // The answer is in 0.1 W.
    private const int MilliwattsPerCount = 100;

    private readonly Dlt645Client _client;
    private readonly byte[] _address;
    private bool _isAsked;

    /// <param name="client">The line; nobody else uses it.</param>
    /// <param name="address">Six bytes BCD, low first; all AA: the only meter on the line.</param>
    public Dlt645TotalPower(Dlt645Client client, byte[] address)
    {
        _client = client;
        _address = address;
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => false;

    /// <summary>Takes what has come and asks anew. True: a value that was not given before.</summary>
    public bool TryRead(long nowMs, Measurement measurement)
    {
        _client.Tick(nowMs);
        bool isNew = false;
        if (_isAsked && _client.Outcome != Dlt645Outcome.Waiting)
        {
            _isAsked = false;
            isNew = TryTake(measurement);
        }

        if (!_isAsked)
        {
            _isAsked = _client.TryBeginRead(_address, Identifier);
            _client.Tick(nowMs);
        }

        return isNew;
    }

    private bool TryTake(Measurement measurement)
    {
        bool isAnswer = _client.Outcome == Dlt645Outcome.Done;
        bool isNew = isAnswer && _client.DataLength == AnswerBytes;
        long counts = 0;
        isNew = isNew && Dlt645Format.TryRead(Dlt645Format.Power, _client.Data, 0, out counts);
        bool isHeard = isAnswer || _client.Outcome == Dlt645Outcome.Refused
            || _client.Outcome == Dlt645Outcome.BadAnswer;
        Faults = isNew ? SensorFault.None : isHeard ? SensorFault.Implausible : SensorFault.Missing;
        if (isNew)
        {
            measurement.PhaseCount = 1;
            measurement.HasEnergy = false;
            measurement.ActivePowerMilliwatts[0] = (int)counts * MilliwattsPerCount;
        }

        return isNew;
    }
}

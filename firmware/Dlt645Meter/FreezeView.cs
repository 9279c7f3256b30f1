using MeterFirmware.History;

namespace MeterFirmware.Dlt645Meter;

/// <summary>The freeze that an answer is about: read once from flash, however many of its fields are asked
/// for.</summary>
internal sealed class FreezeView
{
    private readonly FreezeReader _reader;
    private int _kind;
    private int _last;
    private int _parts;
    private bool _isThere;

    /// <param name="recorder">Null: there are no freezes.</param>
    public FreezeView(MeterRecorder recorder)
    {
        _reader = recorder == null ? null : recorder.Freezes;
    }

    public FreezeReader Reader => _reader;

    /// <summary>The ring's buffer holds something else by now.</summary>
    public void Forget() => _last = 0;

    /// <summary>Takes a freeze in. False: there is none.</summary>
    /// <param name="kind">A FreezeKind.</param>
    /// <param name="last">1 = the newest.</param>
    /// <param name="parts">Counts only those at whose table switch one of these parts switched; 0 counts all.</param>
    public bool TrySelect(int kind, int last, int parts)
    {
        if (_reader == null || last < 1)
        {
            return false;
        }

        if (last == _last && kind == _kind && parts == _parts)
        {
            return _isThere;
        }

        _kind = kind;
        _last = last;
        _parts = parts;
        _isThere = parts == 0 ? _reader.TryRead(kind, last) : TryFindSwitch(kind, last, parts);
        return _isThere;
    }

    private bool TryFindSwitch(int kind, int last, int parts)
    {
        int wanted = last;
        for (int back = 1; _reader.TryRead(kind, back); back++)
        {
            wanted -= (_reader.SwitchedParts & parts) != 0 ? 1 : 0;
            if (wanted == 0)
            {
                return true;
            }
        }

        return false;
    }
}

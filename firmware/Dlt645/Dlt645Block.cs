namespace MeterFirmware.Dlt645;

/// <summary>Walks the elements of an identifier: itself, or with FF in DI1 or DI0 each that FF stands for, in the
/// standard's order.</summary>
public sealed class Dlt645Block
{
    private int _di;
    private int _outer;
    private int _outerLast;
    private int _inner;
    private int _innerFirst;
    private int _innerLast;
    private bool _outerIsBlock;
    private bool _innerIsBlock;

    /// <summary>True when the identifier holds an FF that means a block.</summary>
    public bool IsBlock => _outerIsBlock || _innerIsBlock;

    /// <summary>Elements of a freeze block may be parted by AA; all others follow one another.</summary>
    public bool IsFreeze => _di >> 24 == 5;

    /// <summary>Starts over. False: FF at a place where this identifier has no block.</summary>
    public bool Begin(int di, Dlt645Counts counts)
    {
        _di = di;
        int byte1 = Dlt645Catalogue.Byte1(di);
        int byte0 = Dlt645Catalogue.Byte0(di);
        _outer = byte1;
        _outerLast = byte1;
        _innerFirst = byte0;
        _innerLast = byte0;
        _outerIsBlock = byte1 == Dlt645Catalogue.BlockByte && TryOuterRange(counts);
        _innerIsBlock = byte0 == Dlt645Catalogue.BlockByte && TryInnerRange(counts);
        _inner = _innerFirst;
        return (byte1 != Dlt645Catalogue.BlockByte || _outerIsBlock)
            && (byte0 != Dlt645Catalogue.BlockByte || _innerIsBlock);
    }

    /// <summary>The next element's identifier; false after the last.</summary>
    public bool TryNext(out int element)
    {
        element = 0;
        if (_outer > _outerLast)
        {
            return false;
        }

        if (_innerFirst > _innerLast)
        {
            return false;
        }

        element = (int)(_di & 0xFFFF_0000) | (_outer << 8) | _inner;
        _inner++;
        if (_inner > _innerLast)
        {
            _inner = _innerFirst;
            _outer = NextOuter(_outer);
        }

        return true;
    }

    // A freeze block skips from 0A (reverse demand) to 10 (variables).
    private int NextOuter(int outer) => IsFreeze && _outerIsBlock && outer == 0x0A ? 0x10 : outer + 1;

    private bool TryOuterRange(Dlt645Counts counts)
    {
        int quantity = Dlt645Catalogue.Byte2(_di);
        switch (_di >> 24)
        {
            case 0x00:
            case 0x01:
                _outer = 0;
                _outerLast = counts.Rates;
                return quantity <= 0x0A;
            case 0x02:
                _outer = quantity >= 3 && quantity <= 6 ? 0 : 1;
                _outerLast = counts.Phases;
                return quantity >= 1 && quantity <= 0x0B;
            case 0x05:
                _outer = 0;
                _outerLast = quantity == 4 ? 2 : 0x10;
                return quantity <= 7;
            default:
                return false;
        }
    }

    private bool TryInnerRange(Dlt645Counts counts)
    {
        int byte2 = Dlt645Catalogue.Byte2(_di);
        int byte1 = Dlt645Catalogue.Byte1(_di);
        _innerFirst = 1;
        switch (_di >> 24)
        {
            case 0x00:
            case 0x01:
                _innerFirst = 0;
                _innerLast = counts.Settlements;
                return byte2 != 0x90;
            case 0x02:
                _innerLast = counts.Harmonics;
                return byte2 == 0x0A || byte2 == 0x0B;
            case 0x04:
                return TryParameterRange(byte2, byte1, counts);
            default:
                return false;
        }
    }

    private bool TryParameterRange(int byte2, int byte1, Dlt645Counts counts)
    {
        if (byte2 == 0x00 && byte1 == 0x05)
        {
            _innerLast = 7;
            return true;
        }

        if (byte2 == 0x05)
        {
            _innerLast = counts.Rates;
            return byte1 == 1 || byte1 == 2;
        }

        // Tier limits, and one price more than limits.
        _innerLast = (byte1 & 1) == 0 ? counts.Tiers : counts.Tiers + 1;
        return byte2 == 0x06 && byte1 <= 3;
    }
}

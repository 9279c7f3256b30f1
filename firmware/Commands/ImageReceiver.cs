using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>
/// Takes a firmware image in pieces that arrive as signed commands, over any number of restarts, and checks the whole
/// before it counts. Arguments of the command: {"bytes":length,"at":offset,"data":base64} pieces in order; the first
/// also carries "mac", 64 hex digits of HMAC-SHA256 over the whole image under
/// <see cref="DeviceSecurity.LoadImageKey"/>; {} asks how far it is. What .NET nanoFramework cannot do is start it:
/// boards/UPDATES.md.
/// <code>
///   Empty ──first piece──► Receiving ──last piece──► Verifying ──mac agrees──► Verified
///                              ▲ first piece again: anew    └──────────────► Bad
/// </code>
/// </summary>
public sealed class ImageReceiver
{
    public const int Empty = 0;
    public const int Receiving = 1;
    public const int Verifying = 2;
    public const int Verified = 3;
    public const int Bad = 4;

    private const int HeaderBytes = 8 + HmacSha256.TagBytes;

    /// <summary>Longest piece in bytes.</summary>
    public const int PieceBytesMax = 2_048;

    // A KB is 16 compressions of SHA-256, some tens of ms on an ESP32.
    private const int VerifyBytes = 1_024;

    private readonly IBlockStore _store;
    private readonly DeviceSecurity _security;
    private readonly HmacSha256 _hmac = new HmacSha256();
    private readonly byte[] _header = new byte[HeaderBytes];
    private readonly byte[] _mac = new byte[HmacSha256.TagBytes];
    private readonly byte[] _piece;
    private int _bytes;
    private int _received;
    private int _verified;

    /// <param name="store">Blocks of its own: block 0 holds the header, the others the image.</param>
    /// <param name="security">Opened.</param>
    /// <param name="buffer">Room for a piece that others use too, the command that brings it among them; null or too
    /// short:
    /// room of its own.</param>
    public ImageReceiver(IBlockStore store, DeviceSecurity security, byte[] buffer = null)
    {
        _store = store;
        _security = security;
        _piece = buffer != null && buffer.Length >= PieceBytesMax ? buffer : new byte[PieceBytesMax];
        Open();
    }

    /// <summary>One of the five states above.</summary>
    public int State { get; private set; }

    /// <summary>Length of the image in bytes; 0: none.</summary>
    public int Bytes => _bytes;

    /// <summary>Bytes that are durable: the next piece begins here, also after a restart.</summary>
    public int Received => _received;

    /// <summary>Longest image in bytes.</summary>
    public int BytesMax => (_store.BlockCount - 1) * _store.BlockBytes;

    /// <summary>Reads bytes of the image. False: there are not so many.</summary>
    public bool TryRead(int position, byte[] into, int count)
    {
        int done = 0;
        while (done < count)
        {
            int at = position + done;
            int inBlock = at % _store.BlockBytes;
            int part = _store.BlockBytes - inBlock < count - done ? _store.BlockBytes - inBlock : count - done;
            if (at + part > _received || !_store.TryRead(1 + at / _store.BlockBytes, inBlock, into, done, part))
            {
                return false;
            }

            done += part;
        }

        return true;
    }

    /// <summary>Carries the command out. Returns a <see cref="CommandRefusal"/>.</summary>
    public int Execute(FlatJson arguments, ByteTextWriter result)
    {
        int refusal = arguments.Count == 0 ? CommandRefusal.None : Take(arguments);
        result.Name("state");
        result.Value(NameOf(State));
        result.Name("bytes");
        result.Value(_bytes);
        result.Name("received");
        result.Value(_received);
        return refusal;
    }

    /// <summary>Checks a part of the image, when one is complete. Once a tick.</summary>
    public void Tick()
    {
        if (State != Verifying)
        {
            return;
        }

        int count = _bytes - _verified < VerifyBytes ? _bytes - _verified : VerifyBytes;
        if (!TryRead(_verified, _piece, count))
        {
            State = Bad;
            return;
        }

        _hmac.Add(_piece, 0, count);
        _verified += count;
        if (_verified == _bytes)
        {
            State = _hmac.FinishAndCheck(_header, 8, HmacSha256.TagBytes) ? Verified : Bad;
        }
    }

    private static string NameOf(int state)
    {
        switch (state)
        {
            case Receiving:
                return "receiving";
            case Verifying:
                return "verifying";
            case Verified:
                return "verified";
            case Bad:
                return "bad";
            default:
                return "empty";
        }
    }

    private int Take(FlatJson arguments)
    {
        bool hasMac = arguments.TryFind("mac", out int _);
        if (arguments.Count != (hasMac ? 4 : 3) || !arguments.TryGetInteger("bytes", out long bytes)
            || !arguments.TryGetInteger("at", out long at)
            || !arguments.TryFind("data", out int data) || arguments.KindOf(data) != JsonKind.Text
            || hasMac != (at == 0))
        {
            return CommandRefusal.BadArgument;
        }

        if (bytes < 1 || bytes > BytesMax)
        {
            return CommandRefusal.OutOfRange;
        }

        if (hasMac && (!arguments.TryGetHex("mac", _mac, out int digits) || digits != HmacSha256.TagBytes))
        {
            return CommandRefusal.BadArgument;
        }

        // Last of all: it may overwrite the command.
        if (arguments.EndOf(data) - arguments.StartOf(data) > PieceBytesMax / 3 * 4
            || !arguments.TryGetBase64(data, _piece, 0, out int count)
            || count == 0)
        {
            return CommandRefusal.BadArgument;
        }

        if (hasMac)
        {
            int refusal = Begin((int)bytes);
            if (refusal != CommandRefusal.None)
            {
                return refusal;
            }
        }

        if (State != Receiving || at != _received || bytes != _bytes)
        {
            return CommandRefusal.WrongState;
        }

        return _received + count > _bytes ? CommandRefusal.OutOfRange : Store(count);
    }

    private int Begin(int bytes)
    {
        Array.Copy(_mac, 0, _header, 8, HmacSha256.TagBytes);
        State = Empty;
        _bytes = 0;
        _received = 0;
        for (int block = 0; block < _store.BlockCount; block++)
        {
            if (_store.LengthOf(block) > 0 && !_store.TryErase(block))
            {
                return CommandRefusal.StorageFailed;
            }
        }

        LittleEndian.WriteInt32(_header, 0, bytes);
        LittleEndian.WriteInt32(_header, 4, ~bytes);
        if (!_store.TryAppend(0, _header, 0, HeaderBytes))
        {
            return CommandRefusal.StorageFailed;
        }

        _bytes = bytes;
        State = Receiving;
        return CommandRefusal.None;
    }

    private int Store(int count)
    {
        int done = 0;
        while (done < count)
        {
            int block = 1 + _received / _store.BlockBytes;
            int room = _store.BlockBytes - _received % _store.BlockBytes;
            int part = room < count - done ? room : count - done;
            if (!_store.TryAppend(block, _piece, done, part))
            {
                // A part of it may stand there: what counts is what the store says.
                FindReceived();
                return CommandRefusal.StorageFailed;
            }

            done += part;
            _received += part;
        }

        BeginToVerify();
        return CommandRefusal.None;
    }

    /// <summary>After a start: goes on where the store's blocks end.</summary>
    private void Open()
    {
        if (_store.LengthOf(0) != HeaderBytes || !_store.TryRead(0, 0, _header, 0, HeaderBytes))
        {
            return;
        }

        int bytes = LittleEndian.ReadInt32(_header, 0);
        if (bytes < 1 || bytes > BytesMax || LittleEndian.ReadInt32(_header, 4) != ~bytes)
        {
            return;
        }

        _bytes = bytes;
        State = Receiving;
        FindReceived();
        BeginToVerify();
    }

    private void FindReceived()
    {
        _received = 0;
        for (int block = 1; block < _store.BlockCount; block++)
        {
            int length = _store.LengthOf(block);
            _received += length;
            if (length < _store.BlockBytes)
            {
                break;
            }
        }

        // More than was promised is no image that we received.
        State = _received > _bytes ? Bad : State;
    }

    private void BeginToVerify()
    {
        if (State == Receiving && _received == _bytes)
        {
            _verified = 0;
            _security.LoadImageKey(_hmac);
            State = Verifying;
        }
    }
}

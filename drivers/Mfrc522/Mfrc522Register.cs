namespace MeterFirmware.Drivers.Mfrc522;

/// <summary>Registers, bits and commands that the driver uses. MFRC522 data sheet rev. 3.9, section 9.</summary>
internal static class Mfrc522Register
{
    public const int Command = 0x01;
    public const int ComIrq = 0x04;
    public const int Error = 0x06;
    public const int FifoData = 0x09;
    public const int FifoLevel = 0x0A;
    public const int Control = 0x0C;
    public const int BitFraming = 0x0D;
    public const int Coll = 0x0E;
    public const int Mode = 0x11;
    public const int TxControl = 0x14;
    public const int TxAsk = 0x15;
    public const int TMode = 0x2A;
    public const int TPrescaler = 0x2B;
    public const int TReloadHigh = 0x2C;
    public const int TReloadLow = 0x2D;
    public const int Version = 0x37;

    public const int IdleCommand = 0x00;
    public const int TransceiveCommand = 0x0C;
    public const int SoftResetCommand = 0x0F;

    /// <summary>ComIrqReg: all requests cleared; the timer ran out; a frame was received.</summary>
    public const int IrqClear = 0x7F;
    public const int IrqTimer = 0x01;
    public const int IrqReceived = 0x20;

    /// <summary>ErrorReg: buffer overflow, collision, parity, protocol (CRC is checked in software).</summary>
    public const int ErrorMask = 0x10 | 0x08 | 0x02 | 0x01;

    public const int FifoFlush = 0x80;
    public const int StartSend = 0x80;

    /// <summary>ControlReg: valid bits of the last byte received, 0 = all eight.</summary>
    public const int RxLastBitsMask = 0x07;

    public const int AntennaOn = 0x03;
}

using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using MeterFirmware.Modbus;

namespace MeterFirmware.ModbusCharger;

/// <summary>What a charger does, in SunSpec's words.</summary>
internal sealed class ChargerUnit : ISunSpecUnit
{
    private const int Off = 0;
    private const int Running = 3;
    private const int Fault = 6;
    private const int Standby = 7;

    // Alrm of model 701.
    private const int GroundFault = 0;
    private const int OverTemperature = 7;
    private const int OverVoltage = 10;
    private const int UnderVoltage = 11;

    private readonly EvChargerProduct _product;

    public ChargerUnit(EvChargerProduct product)
    {
        _product = product;
    }

    public int InverterState
    {
        get
        {
            ChargeState state = _product.Controller.State;
            return state.ActiveFaults != 0 ? Fault
                : state.IsClosed ? Running
                : _product.Sessions.IsOperative ? Standby : Off;
        }
    }

    public bool IsConnected => _product.Controller.State.IsClosed;

    public int Alarms
    {
        get
        {
            ChargeState state = _product.Controller.State;
            bool isGround = state.Has(ChargerFault.RcdAc) || state.Has(ChargerFault.RcdDc)
                || state.Has(ChargerFault.Earth);
            return Bit(isGround, GroundFault) | Bit(state.Has(ChargerFault.OverTemperature), OverTemperature)
                | Bit(state.Has(ChargerFault.OverVoltage), OverVoltage)
                | Bit(state.Has(ChargerFault.UnderVoltage), UnderVoltage);
        }
    }

    private static int Bit(bool isSet, int bit) => isSet ? 1 << bit : 0;
}

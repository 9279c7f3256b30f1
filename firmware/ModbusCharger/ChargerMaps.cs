using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using MeterFirmware.Modbus;
using MeterFirmware.ModbusMeter;

namespace MeterFirmware.ModbusCharger;

/// <summary>A charger's registers: the plain map and the SunSpec models that it has data for.</summary>
public static class ChargerMaps
{
    /// <param name="product">Ticked by the board.</param>
    /// <param name="safety">What the station is wired for.</param>
    /// <param name="texts">Name plate; the address on the line.</param>
    public static IModbusMap Create(EvChargerProduct product, SafetySettings safety, ChargerPlate texts)
    {
        ProductReadings readings = new ProductReadings(product, safety.PhaseCount);
        SunSpecModel[] models =
        {
            new CapacityModel(product, safety), new EnterServiceModel(product), new ControlsModel(product),
            new DroopModel(product), new StorageModel(product),
        };
        return new ModbusMaps(new IModbusMap[]
        {
            new PlainMap(readings),
            new SunSpecMap(readings, new ChargerUnit(product), models, texts.Maker, texts.Model, texts.Version,
                texts.Serial, texts.Unit),
        });
    }
}

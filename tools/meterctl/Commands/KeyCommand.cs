using System.CommandLine;
using MeterFirmware.Tools.MeterCtl.Devices;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl key derive`: a key for one use of one device, for a tool or a person that shall hold no
/// more.</summary>
public static class KeyCommand
{
    public static Command Create() => new("key", """
        Keys of devices. The device's secret stays where it is kept; whoever commands, reads, signs images or acknowledges
        gets a key that does only that. After a leak a role's next generation ends it: the secret stays.
        """)
    {
        Derive(),
    };

    private static Command Derive()
    {
        Option<string> device = new("--device") { Description = "Device address", Required = true };
        Option<string> secret = new(
            "--secret")
        { Description = "File with the device's secret: 32 bytes, or 64 hex digits", Required = true };
        Option<string> role = new("--role") { Description = string.Join(", ", KeyFile.Uses), Required = true };
        Option<int> generation = new("--key-generation")
        {
            Description = "Generation of the role's key",
            DefaultValueFactory = _ => 1
        };
        Option<string> output = new("--out")
        {
            Description = "File to write; only its owner may read it",
            Required = true
        };
        Command command = new("derive", """
            Makes the key of one role of one device from the device's secret.

            After a leak:
              meterctl command rotate-key '{"role":"technician","now":true}' --device 000012345678 --role-key utility.key --broker mqtts://broker:8883 --ca ca.crt
              meterctl key derive --device 000012345678 --secret m.secret --role technician --key-generation 2 --out technician.key

            Example: meterctl key derive --device 000012345678 --secret m.secret --role reader --out reader.key
            """)
        {
            device, secret, role, generation, output,
        };
        command.SetAction(parsed =>
        {
            string use = parsed.GetValue(role)!;
            if (!KeyFile.Uses.Contains(use))
            {
                throw new InputException($"--role: '{use}', one of {string.Join(", ", KeyFile.Uses)} was expected");
            }

            if (KeyFile.RoleOf(use) < 0 && parsed.GetResult(generation) is { Implicit: false })
            {
                throw new InputException($"--key-generation: the key of {use} has none");
            }

            string name = SignerOptions.CheckDevice(parsed.GetValue(device)!, "--device");
            int number = SignerOptions.CheckGeneration(parsed.GetValue(generation));
            string path = parsed.GetValue(output)!;
            KeyFile key = KeyFile.Derive(KeyFile.ReadSecret("--secret", parsed.GetValue(secret)!), name, use, number);
            key.Write("--out", path);
            Console.Error.WriteLine($"{path}: {use} of {name}{(key.Role < 0 ? "" : $", generation {number}")}");
            return Program.Done;
        });
        return command;
    }
}

using System;
using System.Reflection;
using System.Text;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly;

/// <summary>The device's launcher calls every test with <c>Invoke(null, …)</c>: it never makes an object of the
/// class.</summary>
[TestClass]
public class DeviceTestStateTests
{
    [TestMethod]
    public void A_class_of_device_tests_has_no_instance_state()
    {
        StringBuilder found = new StringBuilder();
        int classes = 0;
        foreach (Type type in typeof(DeviceTestStateTests).Assembly.GetTypes())
        {
            if (!type.IsDefined(typeof(TestClassAttribute), true))
            {
                continue;
            }

            classes++;
            AppendState(type, found);
        }

        Assert.IsTrue(classes > 10, "the assembly's test classes were not found");
        Assert.AreEqual("", found.ToString());
    }

    // Fields of the class and of what it derives from: a property's and a primary constructor's are among them.
    private static void AppendState(Type type, StringBuilder found)
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.DeclaredOnly;
        for (Type level = type; level != typeof(object); level = level.BaseType!)
        {
            foreach (FieldInfo field in level.GetFields(own))
            {
                found.AppendLine(type.FullName + "." + field.Name);
            }
        }
    }
}

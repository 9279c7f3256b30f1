using System;
using MsTest = Microsoft.VisualStudio.TestTools.UnitTesting;

namespace nanoFramework.TestFramework;

/// <summary>The part of the device package's Assert that our tests use, with its signatures.</summary>
public static class Assert
{
    public static void AreEqual(bool expected, bool actual, string message = "") => Same(expected, actual, message);

    public static void AreEqual(int expected, int actual, string message = "") => Same(expected, actual, message);

    public static void AreEqual(uint expected, uint actual, string message = "") => Same(expected, actual, message);

    public static void AreEqual(long expected, long actual, string message = "") => Same(expected, actual, message);

    public static void AreEqual(ulong expected, ulong actual, string message = "") => Same(expected, actual, message);

    public static void AreEqual(string expected, string actual, string message = "") => Same(expected, actual, message);

    public static void AreEqual(object expected, object actual, string message = "") => Same(expected, actual, message);

    public static void AreNotEqual(int notExpected, int actual, string message = "") =>
        MsTest.Assert.AreNotEqual(notExpected, actual, message);

    public static void AreNotEqual(long notExpected, long actual, string message = "") =>
        MsTest.Assert.AreNotEqual(notExpected, actual, message);

    public static void IsTrue(bool condition, string message = "") => MsTest.Assert.IsTrue(condition, message);

    public static void IsFalse(bool condition, string message = "") => MsTest.Assert.IsFalse(condition, message);

    public static void IsNull(object value, string message = "") => MsTest.Assert.IsNull(value, message);

    public static void IsNotNull(object value, string message = "") => MsTest.Assert.IsNotNull(value, message);

    public static void Contains(string expected, string value, string message = "") =>
        MsTest.StringAssert.Contains(value, expected, message);

    public static void StartsWith(string expected, string value, string message = "") =>
        MsTest.StringAssert.StartsWith(value, expected, message);

    public static void ThrowsException(Type exception, Action action, string message = "")
    {
        try
        {
            action();
        }
        catch (Exception thrown)
        {
            MsTest.Assert.AreEqual(exception, thrown.GetType(), message);
            return;
        }

        MsTest.Assert.Fail($"{exception.Name} was expected, nothing was thrown. {message}");
    }

    public static void SkipTest(string message = null) => MsTest.Assert.Inconclusive(message ?? "skipped");

    private static void Same<T>(T expected, T actual, string message) =>
        MsTest.Assert.AreEqual(expected, actual, message);
}

using System;
using System.IO;
using System.Text;
using System.Threading;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>Console and Spectre's console, apart for each test: what a test prints, and what it starts prints, reaches
/// its own writers while other tests run beside it.</summary>
internal static class ConsoleRoute
{
    private static readonly AsyncLocal<Writers> _writers = new();
    private static readonly object _gate = new();
    private static TextWriter _output;
    private static TextWriter _errors;

    /// <summary>Both writers hold until <paramref name="run"/> is through, here and in all that it starts.</summary>
    public static T To<T>(TextWriter output, TextWriter errors, Func<T> run)
    {
        Install();
        Writers before = _writers.Value;
        try
        {
            _writers.Value = new Writers(output, errors, SpectreOver(output));
            return run();
        }
        finally
        {
            _writers.Value = before;
        }
    }

    // The test platform may set the console anew between tests.
    private static void Install()
    {
        lock (_gate)
        {
            if (_output is null || !ReferenceEquals(Console.Out, _output))
            {
                Console.SetOut(new Route(Console.Out, writers => writers.Output));
                _output = Console.Out;
            }

            if (_errors is null || !ReferenceEquals(Console.Error, _errors))
            {
                Console.SetError(new Route(Console.Error, writers => writers.Errors));
                _errors = Console.Error;
            }

            if (AnsiConsole.Console is not SpectreRoute)
            {
                AnsiConsole.Console = new SpectreRoute(SpectreOver(Console.Out));
            }
        }
    }

    private static IAnsiConsole SpectreOver(TextWriter writer) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

    private sealed record Writers(TextWriter Output, TextWriter Errors, IAnsiConsole Spectre);

    private sealed class Route(TextWriter others, Func<Writers, TextWriter> own) : TextWriter
    {
        public override Encoding Encoding => Current.Encoding;

        private TextWriter Current => _writers.Value is { } writers ? own(writers) : others;

        public override void Write(char value) => Current.Write(value);

        public override void Write(char[] buffer, int index, int count) => Current.Write(buffer, index, count);

        public override void Write(ReadOnlySpan<char> buffer) => Current.Write(buffer);

        public override void Write(string value) => Current.Write(value);

        public override void Flush() => Current.Flush();
    }

    private sealed class SpectreRoute(IAnsiConsole others) : IAnsiConsole
    {
        public Profile Profile => Current.Profile;

        public IAnsiConsoleCursor Cursor => Current.Cursor;

        public IAnsiConsoleInput Input => Current.Input;

        public IExclusivityMode ExclusivityMode => Current.ExclusivityMode;

        public RenderPipeline Pipeline => Current.Pipeline;

        private IAnsiConsole Current => _writers.Value?.Spectre ?? others;

        public void Clear(bool home) => Current.Clear(home);

        public void Write(IRenderable renderable) => Current.Write(renderable);

        public void WriteAnsi(Action<AnsiWriter> action) => Current.WriteAnsi(action);
    }
}

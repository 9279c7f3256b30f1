using Microsoft.AspNetCore.Components;

namespace MeterFirmware.Tools.HeadEnds.Web.Pages;

/// <summary>A page that reads the store again every few seconds for as long as somebody looks at it.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _gone = new();

    /// <summary>The page's words.</summary>
    [CascadingParameter]
    public Words Words { get; set; } = null!;

    /// <summary>What is read from.</summary>
    [Inject]
    public IHeadEndStore Store { get; set; } = null!;

    /// <summary>The first read is done.</summary>
    protected bool IsRead { get; private set; }

    /// <summary>The store does not answer now.</summary>
    protected bool IsUnavailable { get; private set; }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads everything that the page shows.</summary>
    protected abstract void Read();

    /// <inheritdoc/>
    protected override void OnParametersSet() => ReadOnce();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = RepeatAsync(_gone.Token);
        }
    }

    private async Task RepeatAsync(CancellationToken gone)
    {
        using PeriodicTimer timer = new(_pause);
        try
        {
            while (await timer.WaitForNextTickAsync(gone))
            {
                await InvokeAsync(() =>
                {
                    ReadOnce();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more.
        }
    }

    /// <summary>Reads again at once, after something was changed.</summary>
    protected void ReadAgain() => ReadOnce();

    private void ReadOnce()
    {
        try
        {
            Read();
            IsRead = true;
            IsUnavailable = false;
        }
        catch (Exception e) when (Store.IsUnavailable(e))
        {
            IsUnavailable = true;
        }
    }
}

using System.Xml.Linq;

namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>Which projects a project reaches by its references: what its image carries of ours.</summary>
public sealed class ProjectTree(Repository repository)
{
    private readonly Dictionary<string, string[]> _references = [];

    /// <summary>The project and all that it reaches, in order of their paths.</summary>
    public IReadOnlyList<string> ReachedFrom(string project)
    {
        SortedSet<string> reached = new(StringComparer.Ordinal);
        Add(project, reached);
        return [.. reached];
    }

    private void Add(string project, SortedSet<string> reached)
    {
        if (!reached.Add(project))
        {
            return;
        }

        if (!_references.TryGetValue(project, out string[]? references))
        {
            references = [.. Read(project)];
            _references[project] = references;
        }

        foreach (string reference in references)
        {
            Add(reference, reached);
        }
    }

    private IEnumerable<string> Read(string project)
    {
        XDocument document = XDocument.Parse(repository.Read(project));
        foreach (XElement reference in document.Descendants("ProjectReference"))
        {
            string path = reference.Attribute("Include")!.Value.Replace('\\', '/');
            yield return Path.GetRelativePath("/", Path.GetFullPath(path, "/" + Path.GetDirectoryName(project)));
        }
    }
}

"""Common first names in France, to tell a column of first names from one of family names, never people apart."""

_NAMES = """
adam adele agathe agnes ahmed aicha alain albert alexandre alexis ali alice aline amandine amelie amina anais andre
andree anna anne annie antoine arnaud arthur audrey aurelie baptiste beatrice benjamin benoit bernadette bernard
brigitte bruno camille carine carole caroline catherine cecile celine chantal charles charlotte chloe christelle
christian christiane christine christophe claire claude claudine clement colette corinne cyril damien daniel
danielle david denis denise didier dominique edith elise elodie emile emilie emma emmanuel eric estelle etienne eva
evelyne fabien fabrice fanny fatima fatou florence florian francis francois francoise frederic gabriel gaelle
genevieve georges gerard gilles ginette guillaume guy helene henri hugo ibrahim ines isabelle jacqueline jacques
jade jean jeanne jeannine jerome joel joelle jonathan josette josiane julie julien juliette karim karine kevin
khadija laura laurence laurent lea leo leon liliane lionel louis louise luc lucas lucie ludovic madeleine maeva
malika manon marc marcel marguerite maria marie marina marine marion marta martin martine mathieu mathilde matthieu
maurice maxime melanie michel micheline michele mickael mohamed monique morgane myriam nadia nadine nathalie nicolas
nicole noemie nora odette odile olivier omar pascal pascale patrice patricia patrick paul paulette pauline philippe
pierre pierrette quentin raphael raymond raymonde regine remi rene renee robert roger roland romain rose sabine
sabrina salim samia samuel sandra sandrine sara sarah sebastien serge simon simone solange sophie stephane stephanie
suzanne sylvain sylvie theo therese thierry thomas tom valentin valerie veronique victor vincent virginie viviane
xavier yann yasmine yolande yves yvette yvonne zoe
"""

FIRST_NAMES = frozenset(_NAMES.split())
